import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { startTcp } from '../support/origin.ts'
import { by, dispatch, newDispatcher } from './support/dispatcher.ts'
import { engines, undici7 } from './support/undicis.ts'

// Ends of a response that a client could take for its regular end: each must be told as what it is,
// and none may be an uncaught error of the client's own.

const heads = {
  'in chunks, the last of its connection':
    'HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n',
  'with a length, the last of its connection':
    'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 100\r\n\r\npart',
  'that ends with its connection': 'HTTP/1.1 200 OK\r\n\r\npart',
  'in chunks': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n',
}

for (const engine of engines) {
  describe.skipIf(engine.undici === undefined).each(Object.entries(heads))(
    `a response %s, ${engine.name}`,
    (_, head) => {
      const start = async (data?: (control: Control) => void) => {
        const { port } = await startTcp((socket) => {
          socket.once('data', () => socket.write(head))
        })
        const dispatcher = newDispatcher({ undici: engine.undici })
        let control: Control | undefined
        const dispatched = dispatch(dispatcher, { origin: `http://127.0.0.1:${port}` }, 'new', {
          onRequestStart(given: Control) {
            control = given
          },
          ...(data && {
            onResponseData: (given: Control) => data(given),
          }),
        })
        return { dispatcher, dispatched, control: control! }
      }
      /** Until its client has read what there is, and for what it may do about its end. */
      const aWhile = () => pause(50)

      test('that is aborted while it is paused has failed', async () => {
        const { dispatched, control, dispatcher } = await start((given) => given.pause())
        await expect.poll(() => control.paused).toBe(true)

        const reason = new Error('not wanted')
        control.abort(reason)

        await expect(dispatched.ended).rejects.toBe(reason)
        await aWhile()
        expect(dispatcher.pool.stats()).toMatchObject({ open: 0, leases: 0 })
      })

      test('whose handler throws has failed with that', async () => {
        const thrown = new Error('thrown')
        const { dispatched } = await start(() => {
          throw thrown
        })

        await expect(dispatched.ended).rejects.toBe(thrown)
        await aWhile()
      })

      test('that is cut by the end of the pool is not complete', async () => {
        const { dispatched, dispatcher } = await start()
        await expect.poll(() => dispatched.calls).toContain('data')

        dispatcher.pool.destroy(new Error('the end'))

        await expect(dispatched.ended).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' })
        expect(dispatched.calls).not.toContain('end')
      })

      test('that is cut by the end of the dispatcher is not complete', async () => {
        const { dispatched, dispatcher } = await start()
        await expect.poll(() => dispatched.calls).toContain('data')

        const error = new Error('the end')
        await dispatcher.destroy(error)

        await expect(dispatched.ended).rejects.toBe(error)
        await aWhile()
        expect(dispatched.calls).not.toContain('end')
      })
    },
  )
}

interface Control {
  readonly paused: boolean
  abort(reason: Error): void
  pause(): void
}

const large = Buffer.alloc(3_000_000)

test('the body of a response is cancelled, or destroyed, by whoever has it', async () => {
  const { port } = await startTcp((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n')
      socket.write(large)
    })
  })
  const url = `http://127.0.0.1:${port}/`
  const dispatcher = newDispatcher()

  const fetched = await fetch(url, by(dispatcher))
  // Until as much has come as nobody reads.
  await pause(100)
  await fetched.body!.cancel()
  const { body } = await undici7.request(url, { dispatcher })
  await pause(100)
  body.on('error', () => {}).destroy()

  await expect.poll(() => dispatcher.pool.stats().open).toBe(0)
  await pause(50)
})
