import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { startHeldOrigin } from '../support/held-origin.ts'
import { startOrigin } from '../support/origin.ts'
import { dispatch, newDispatcher } from './support/dispatcher.ts'
import { reply, startH2Origin } from './support/h2-origin.ts'
import { engines } from './support/undicis.ts'

const part = Buffer.alloc(65_536)

/** A body that would go on for ever, and whether it was ended. */
function endless(kind: 'stream' | 'generator') {
  let isEnded = false
  async function* parts() {
    try {
      for (;;) {
        await new Promise(setImmediate)
        yield part
      }
    } finally {
      isEnded = true
    }
  }
  const body = kind === 'generator' ? parts() : Readable.from(parts())
  return { body, isEnded: () => isEnded }
}

for (const engine of engines) {
  describe.skipIf(engine.undici === undefined).each(['stream', 'generator'] as const)(
    `a %s as body of a request, ${engine.name}`,
    (kind) => {
      const post = async (close: boolean) => {
        const { port } = await startOrigin((_, res) => {
          if (close) res.setHeader('connection', 'close')
          res.writeHead(413, { 'content-length': 2 }).end('no')
        })
        const { body, isEnded } = endless(kind)
        const dispatcher = newDispatcher({ undici: engine.undici })
        const options = { origin: `http://127.0.0.1:${port}`, method: 'POST', body }
        return { ...dispatch(dispatcher, options), isEnded, dispatcher }
      }

      test.each([false, true])(
        'is ended by an answer that comes before it, connection: close %s',
        async (close) => {
          const { ended, isEnded, dispatcher } = await post(close)

          expect(await ended).toEqual({ status: 413, body: 'no' })
          await expect.poll(isEnded).toBe(true)
          expect(dispatcher.pool.stats()).toMatchObject({ open: 0, leases: 0 })
        },
      )

      test.each(['abort', 'destroy'] as const)('is ended by %s', async (how) => {
        const held = await startHeldOrigin()
        const { body, isEnded } = endless(kind)
        const dispatcher = newDispatcher({ undici: engine.undici })
        const options = { origin: `http://127.0.0.1:${held.port}`, method: 'POST', body }
        const { ended, abort } = dispatch(dispatcher, options)
        await held.request()

        const error = new Error('enough')
        if (how === 'abort') abort(error)
        else await dispatcher.destroy(error)

        await expect(ended).rejects.toBe(error)
        await expect.poll(isEnded).toBe(true)
      })
    },
  )
}

test('a stream as body is ended by an abort and by an early answer by HTTP/2, too', async () => {
  const { url, ca } = await startH2Origin((stream, headers) => {
    if (headers[':path'] === '/early') reply(stream, 'no')
  })
  const dispatcher = newDispatcher({ tls: { ca }, connections: 1 })
  const silent = (): Readable => new Readable({ read() {} })
  const [early, aborted] = [silent(), silent()]
  const post = (path: string, body: Readable) =>
    dispatch(dispatcher, { origin: url, path, method: 'POST', body })

  expect((await post('/early', early).ended).body).toBe('no')
  const { ended, abort } = post('/never', aborted)
  await expect.poll(() => dispatcher.pool.stats().leases).toBe(1)
  abort(new Error('enough'))

  await expect(ended).rejects.toThrow('enough')
  await expect.poll(() => [early.destroyed, aborted.destroyed]).toEqual([true, true])
  await expect.poll(() => dispatcher.pool.stats().leases).toBe(0)
})

describe('a body that fails before there is a connection fails its request', () => {
  const missing = () => createReadStream('/there/is/no/such/file')

  test('in line', async () => {
    const held = await startHeldOrigin()
    const dispatcher = newDispatcher({ connections: 1 })
    const origin = `http://127.0.0.1:${held.port}`
    const first = dispatch(dispatcher, { origin })
    const { res } = await held.request()

    const { ended } = dispatch(dispatcher, { origin, method: 'POST', body: missing() })

    await expect(ended).rejects.toMatchObject({ code: 'ENOENT' })
    expect(dispatcher.pool.stats().waiting).toBe(0)
    res.end('ok')
    expect((await first.ended).body).toBe('ok')
  })

  test('while it is dialed for by TLS', async () => {
    const { url, ca } = await startH2Origin((stream) => reply(stream))
    const dispatcher = newDispatcher({ tls: { ca } })

    const { ended } = dispatch(dispatcher, { origin: url, method: 'POST', body: missing() })

    await expect(ended).rejects.toMatchObject({ code: 'ENOENT' })
    await expect.poll(() => dispatcher.pool.stats()).toMatchObject({ leases: 0, waiting: 0 })
  })

  test('while its server has not said that it wants it', async () => {
    const { url, ca } = await startH2Origin(() => {})
    const dispatcher = newDispatcher({ tls: { ca } })
    await dispatcher.pool.warm(dispatcher.targetOf(url), 1)
    const body = new Readable({ read() {} })
    const options = { origin: url, method: 'POST', body, expectContinue: true }

    const { ended } = dispatch(dispatcher, options)
    body.destroy(new Error('broken'))

    await expect(ended).rejects.toThrow('broken')
    await expect.poll(() => dispatcher.pool.stats().leases).toBe(0)
  })
})
