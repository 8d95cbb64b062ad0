import { describe, expect, test, vi } from 'vitest'
import { startOrigin } from '../support/origin.ts'
import { dispatch, newDispatcher } from './support/dispatcher.ts'
import { reply, startH2Origin } from './support/h2-origin.ts'

/** Sockets that keep this process alive, those of servers in it included. */
function tcpHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCPSocket')).length
}

/** Of the one connection there is. */
const serversEnd = 1

async function startHttp1() {
  const waiting: (() => void)[] = []
  const { port } = await startOrigin((_, res) => waiting.push(() => res.end('ok')))
  return { origin: `http://127.0.0.1:${port}`, tls: undefined, waiting }
}

async function startHttp2() {
  const waiting: (() => void)[] = []
  const { url, ca } = await startH2Origin((stream) => waiting.push(() => reply(stream, 'ok')))
  return { origin: url, tls: { ca }, waiting }
}

describe.each([
  ['HTTP/1.1', startHttp1],
  ['HTTP/2', startHttp2],
])('a connection of %s', (_, start) => {
  const setUp = async () => {
    const { origin, tls, waiting } = await start()
    const dispatcher = newDispatcher({ ...(tls && { tls }) })
    const target = dispatcher.targetOf(origin)
    // Those of the test before go first.
    await vi.waitFor(() => expect(tcpHandles()).toBe(0))
    await dispatcher.pool.warm(target, 1)
    await vi.waitFor(() => expect(tcpHandles()).toBe(serversEnd))
    const answerAll = async (): Promise<void> => {
      await vi.waitFor(() => expect(waiting).toHaveLength(1))
      for (const answer of waiting.splice(0)) answer()
    }
    return { dispatcher, target, origin, answerAll }
  }

  test('keeps the process alive while a request is on it, and neither before nor after', async () => {
    const { dispatcher, origin, answerAll } = await setUp()

    for (let i = 0; i < 2; i++) {
      const { ended } = dispatch(dispatcher, { origin })
      // In the same turn: its client takes it in a microtask.
      await null
      expect(tcpHandles()).toBe(serversEnd + 1)
      await answerAll()
      expect((await ended).body).toBe('ok')
      await vi.waitFor(() => expect(tcpHandles()).toBe(serversEnd))
    }

    expect(dispatcher.pool.stats().totals.dials).toBe(1)
  })

  test.each(['never used', 'used before'])(
    '%s, and gone though nobody was told yet: whatever it is, it is sent on another one',
    async (when) => {
      const { dispatcher, target, origin, answerAll } = await setUp()
      if (when === 'used before') {
        const { ended } = dispatch(dispatcher, { origin })
        await answerAll()
        await ended
        await vi.waitFor(() => expect(dispatcher.pool.stats().idle).toBe(1))
      }
      const lease = dispatcher.pool.tryAcquire(target)!
      const { socket } = lease.conn
      lease.release()

      socket.destroy()
      const { ended, calls } = dispatch(dispatcher, { origin, method: 'POST', body: 'x' })
      await answerAll()

      expect((await ended).body).toBe('ok')
      expect(calls).toEqual(['start', 'head', 'data', 'end'])
      expect(dispatcher.pool.stats()).toMatchObject({ open: 1, leases: 0, totals: { dials: 2 } })
    },
  )
})

test('a server whose sessions are all over as they begin is not dialed for ever', async () => {
  const { url, ca } = await startH2Origin(() => {})
  const dispatcher = newDispatcher({ tls: { ca } })
  // As soon as anybody gets one.
  const { pool } = dispatcher
  const tryAcquire = pool.tryAcquire.bind(pool)
  pool.tryAcquire = (target) => {
    const lease = tryAcquire(target)
    lease?.conn.socket.destroy()
    return lease
  }
  const want = pool.want.bind(pool)
  pool.want = (target, settle, options) =>
    want(
      target,
      (error, lease) => {
        lease?.conn.socket.destroy()
        settle(error, lease)
      },
      options,
    )

  await expect(dispatch(dispatcher, { origin: url }).ended).rejects.toThrow()

  expect(pool.stats().totals.dials).toBe(8)
})
