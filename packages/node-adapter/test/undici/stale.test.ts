import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { startTcp } from '../support/origin.ts'
import { by, dispatch, newDispatcher } from './support/dispatcher.ts'
import { engines } from './support/undicis.ts'

type End = (socket: Socket) => void

const answer = (socket: Socket): unknown =>
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')

/** A server of which the first connection answers one request, and ends in this way at the next. */
async function startStale(end: End): Promise<{ origin: string; requests: string[] }> {
  const requests: string[] = []
  let connections = 0
  const { port } = await startTcp((socket) => {
    let left = connections++ === 0 ? 1 : Number.POSITIVE_INFINITY
    socket.on('data', (data) => {
      requests.push(String(data).split(' HTTP/', 1)[0]!)
      if (left-- > 0) answer(socket)
      else end(socket)
    })
  })
  return { origin: `http://127.0.0.1:${port}`, requests }
}

const ends: [string, End][] = [
  ['a FIN', (socket) => socket.end()],
  ['a reset', (socket) => socket.resetAndDestroy()],
]

for (const engine of engines) {
  describe.skipIf(engine.undici === undefined)(
    `a connection that turns out dead, ${engine.name}`,
    () => {
      const setUp = async (end: End) => {
        const stale = await startStale(end)
        const dispatcher = newDispatcher({ undici: engine.undici })
        await dispatch(dispatcher, { origin: stale.origin }).ended
        return { ...stale, dispatcher }
      }

      test.each(ends)('by %s: what is idempotent is sent again (134)', async (_, end) => {
        for (const options of [
          { method: 'GET' },
          { method: 'HEAD' },
          { method: 'OPTIONS' },
          { method: 'GET', body: 'text' },
          { method: 'POST', body: 'text', headers: { 'Idempotency-Key': '1' } },
          { method: 'POST', body: Buffer.from('bytes'), headers: ['x-idempotency-key', '1'] },
        ]) {
          const { dispatcher, origin, requests } = await setUp(end)
          const { ended, calls } = dispatch(dispatcher, { origin, path: '/x', ...options })
          expect((await ended).status).toBe(200)
          expect(calls.slice(0, 2)).toEqual(['start', 'head'])
          expect(requests.filter((line) => line === `${options.method} /x`)).toHaveLength(2)
          await dispatcher.destroy()
        }
      })

      test.each(ends)(
        'by %s: anything else fails with the error of undici (134, 139)',
        async (_, end) => {
          for (const options of [
            { method: 'POST', body: 'text' },
            { method: 'PUT' },
            { method: 'DELETE' },
            { method: 'GET', body: Readable.from(['a', 'stream']) },
            { method: 'PUT', body: Readable.from(['a']), headers: { 'idempotency-key': '1' } },
          ]) {
            const { dispatcher, origin, requests } = await setUp(end)
            const { ended, calls } = dispatch(dispatcher, { origin, path: '/x', ...options })
            const error = await ended.catch((e) => e)
            expect(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']).toContain(error.code)
            expect(calls).toEqual(['start', 'error'])
            expect(requests.filter((line) => line === `${options.method} /x`)).toHaveLength(1)
            await dispatcher.destroy()
          }
        },
      )

      test('after a byte of a response: nothing is sent again (135)', async () => {
        const { dispatcher, origin, requests } = await setUp((socket) => socket.end('H'))
        await expect(dispatch(dispatcher, { origin }).ended).rejects.toThrow()
        expect(requests).toHaveLength(2)
      })

      test('and was a new one: nothing is sent again (131)', async () => {
        const requests: string[] = []
        const { port } = await startTcp((socket) => {
          socket.on('data', (data) => {
            requests.push(String(data))
            socket.end()
          })
        })
        const dispatcher = newDispatcher({ undici: engine.undici })
        const { ended } = dispatch(dispatcher, { origin: `http://127.0.0.1:${port}` })
        await expect(ended).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' })
        expect(requests).toHaveLength(1)
        expect(dispatcher.pool.stats().totals.dials).toBe(1)
      })

      test('as soon as it was opened: the request fails, and dials once', async () => {
        const { port } = await startTcp((socket) => socket.resetAndDestroy())
        const dispatcher = newDispatcher({ undici: engine.undici })
        const { ended, calls } = dispatch(dispatcher, { origin: `http://127.0.0.1:${port}` })
        await expect(ended).rejects.toThrow()
        expect(calls).toEqual(['start', 'error'])
        expect(dispatcher.pool.stats().totals.dials).toBe(1)
      })

      test('before anything was written: whatever it is, it is sent on another one (133)', async () => {
        const { dispatcher, origin, requests } = await setUp(() => {})
        // Its client writes when it has looked at the connection; by then it is gone.
        await new Promise(setImmediate)
        const lease = dispatcher.pool.tryAcquire(dispatcher.targetOf(origin))!
        const { socket } = lease.conn
        lease.release()
        const { ended, calls } = dispatch(dispatcher, { origin, method: 'POST', body: 'x' })
        socket.destroy()

        expect((await ended).body).toBe('ok')
        expect(calls).toEqual(['start', 'head', 'data', 'end'])
        expect(requests.filter((line) => line === 'POST /')).toHaveLength(1)
      })

      test('under a fetch: it is sent again, unless its body was a stream', async () => {
        const first = await setUp((socket) => socket.end())
        const response = await fetch(first.origin, by(first.dispatcher))
        expect(await response.text()).toBe('ok')
        expect(first.requests).toHaveLength(3)

        const second = await setUp((socket) => socket.end())
        const posted = fetch(second.origin, { ...by(second.dispatcher), method: 'POST', body: 'x' })
        await expect(posted).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } })
      })
    },
  )
}
