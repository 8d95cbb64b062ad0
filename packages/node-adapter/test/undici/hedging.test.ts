import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { UndecidedDials } from '../../src/undici/undecided-dials.ts'
import { startHttpsOrigin } from '../support/https-origin.ts'
import { listen } from '../support/origin.ts'
import { dispatch, newDispatcher } from './support/dispatcher.ts'
import { reply, startH2Origin } from './support/h2-origin.ts'

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

/** Stands before a server and passes nothing on of a connection until its time has come. */
async function startSlowWay(port: number, delayMs: (nth: number) => number) {
  const { createServer } = await import('node:net')
  let connections = 0
  const server = createServer((socket) => {
    socket.on('error', () => {}).pause()
    const way: Socket = connect(port, '127.0.0.1')
    way.on('error', () => {})
    socket.once('close', () => way.destroy())
    way.once('close', () => socket.destroy())
    setTimeout(() => socket.pipe(way).pipe(socket), delayMs(connections++))
  })
  const way = await listen(server, 0)
  return { url: `https://127.0.0.1:${way.port}`, opened: () => connections }
}

test('a slow first dial to a server of HTTP/1.1 holds nobody back longer than the hedge', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const way = await startSlowWay(origin.port, () => 1_000)
  const dispatcher = newDispatcher({ tls: { ca: origin.cert }, hedgeMs: 100 })
  const sent = many(10, () => dispatch(dispatcher, { origin: way.url }))
  expect(dispatcher.pool.stats()).toMatchObject({ dialing: 1, waiting: 10 })

  // then each of them has a dial of its own, before the first one has come to anything
  await expect.poll(() => dispatcher.pool.stats()).toMatchObject({ dialing: 10, waiting: 10 })
  await Promise.all(sent.map(({ ended }) => ended))
})

test('a server that is known to speak HTTP/1.1 only is dialed for each at once', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const dispatcher = newDispatcher({ tls: { ca: origin.cert }, hedgeMs: 20_000 })
  const url = `https://127.0.0.1:${origin.port}`
  await dispatch(dispatcher, { origin: url }).ended
  const sent = many(10, () => dispatch(dispatcher, { origin: url }))
  expect(dispatcher.pool.stats()).toMatchObject({ dialing: 9, waiting: 9 })
  await Promise.all(sent.map(({ ended }) => ended))
})

test('a slow dial that brings a session after all has the others given up', async () => {
  const origin = await startH2Origin((stream) => reply(stream))
  const way = await startSlowWay(origin.port, (nth) => (nth === 0 ? 400 : 20_000))
  const dispatcher = newDispatcher({ tls: { ca: origin.ca }, hedgeMs: 100 })
  await Promise.all(many(10, () => dispatch(dispatcher, { origin: way.url }).ended))
  expect(way.opened()).toBeGreaterThan(1)
  await expect
    .poll(() => dispatcher.pool.stats())
    .toMatchObject({ open: 1, dialing: 0, waiting: 0, leases: 0 })
  // and from then on it is known what to expect
  dispatcher.pool.closeIdle()
  many(10, () => dispatch(dispatcher, { origin: way.url }))
  expect(dispatcher.pool.stats()).toMatchObject({ dialing: 1, waiting: 10 })
})

test('a first dial that hangs is overtaken by another, which serves all', async () => {
  const origin = await startH2Origin((stream) => reply(stream))
  const way = await startSlowWay(origin.port, (nth) => (nth === 0 ? 20_000 : 0))
  const dispatcher = newDispatcher({ tls: { ca: origin.ca }, hedgeMs: 50 })
  const all = await Promise.all(many(10, () => dispatch(dispatcher, { origin: way.url }).ended))
  expect(all).toHaveLength(10)
  await expect.poll(() => dispatcher.pool.stats()).toMatchObject({ dialing: 0, leases: 0 })
})

test('of a hurry whose dials have failed nothing is remembered', async () => {
  const closed: string[] = []
  const stats = { open: 0, dialing: 1, waiting: 3 }
  const pool = {
    stats: () => stats,
    warm: () => Promise.reject(new Error('refused')),
    closeIdle: (key: string) => closed.push(key),
  }
  const undecided = new UndecidedDials({ hedgeMs: 1, maxConns: 10 }, () => pool as never)
  const target = { host: 'a', port: 1 }

  undecided.begun('a', target)
  await new Promise((resolve) => setTimeout(resolve, 20))
  undecided.ended('a', 0)
  // Much later somebody else dials it, and gets a session.
  stats.waiting = 0
  undecided.begun('a', target)
  undecided.ended('a', 100)
  await new Promise(setImmediate)

  expect(closed).toEqual([])
})
