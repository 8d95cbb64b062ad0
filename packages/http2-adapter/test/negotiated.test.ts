import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import { Pool, type PoolOptions } from '@wantconn/pool-core'
import { expect, onTestFinished, test } from 'vitest'
import { type Http2Target, type NegotiatedConn, negotiatedAdapter } from '../src/index.ts'
import { startOrigin, unhedged } from './support/fixtures.ts'
import { openTls, type TlsEcho } from './support/tls-echo.ts'

function newNegotiatedPool(
  options?: PoolOptions<NegotiatedConn>,
): Pool<Http2Target, NegotiatedConn> {
  const pool = new Pool(negotiatedAdapter(), { ...unhedged, ...options })
  onTestFinished(() => pool.destroy())
  return pool
}

async function startEcho(protocols?: string[]): Promise<TlsEcho> {
  const echo = await openTls(protocols)
  onTestFinished(() => echo.stop())
  return echo
}

test('113: the server chooses, and a session is shared', async () => {
  const origin = await startOrigin({ tls: true, allowHTTP1: true })
  const pool = newNegotiatedPool()

  const leases = await Promise.all([1, 2, 3].map(() => pool.acquire(origin.target)))

  expect(leases.map(({ conn }) => conn.protocol)).toEqual(['h2', 'h2', 'h2'])
  expect(origin.accepted()).toBe(1)
})

test.each([
  ['that chooses it', ['http/1.1']],
  ['that knows no ALPN', undefined],
])('a server of HTTP/1.1 %s is dialed no more often than there are wants', async (_, protocols) => {
  const echo = await startEcho(protocols)
  const pool = newNegotiatedPool()

  const first = await pool.acquire(echo.target)
  expect(first.conn.protocol).toBe('http/1.1')
  expect(echo.accepted()).toBe(1)

  const more = await Promise.all([1, 2, 3].map(() => pool.acquire(echo.target)))
  expect(new Set([first, ...more].map(({ conn }) => conn)).size).toBe(4)
  expect(echo.accepted()).toBe(4)
})

test('what a key has spoken is remembered when all its connections are gone', async () => {
  const echo = await startEcho(['http/1.1'])
  const pool = newNegotiatedPool()
  ;(await pool.acquire(echo.target)).discard()

  const both = [pool.acquire(echo.target), pool.acquire(echo.target)]
  expect(pool.stats()).toMatchObject({ dialing: 2, waiting: 2 })
  await Promise.all(both)
})

test('of a key that nobody has dialed, one dial tells for all', async () => {
  const origin = await startOrigin({ tls: true })
  const pool = newNegotiatedPool()

  const wants = Array.from({ length: 50 }, () => pool.acquire(origin.target))
  expect(pool.stats()).toMatchObject({ dialing: 1, waiting: 50 })
  await Promise.all(wants)

  expect(origin.accepted()).toBe(1)
})

test('a slow first dial holds the others back for hedgeMs, and no longer', async () => {
  const origin = await startOrigin({ tls: true })
  const slow = await startSlowFirst(origin.port, 2_000)
  const pool = newNegotiatedPool({ hedgeMs: 300 })
  const target = { ...origin.target, port: slow }
  const since = performance.now()

  await Promise.all([1, 2, 3, 4].map(() => pool.acquire(target)))

  const took = performance.now() - since
  expect(took).toBeGreaterThan(290)
  // Without the slow one, however busy the machine.
  expect(took).toBeLessThan(2_000)
})

test('targets without tls are refused, and so are lists of protocols', () => {
  const adapter = negotiatedAdapter()
  const at = { host: 'localhost', port: 443 }

  expect(() => adapter.key(at)).toThrow(TypeError)
  expect(() => adapter.key({ ...at, tls: { ALPNProtocols: ['h2'] } })).toThrow(TypeError)
})

/** Passes on what its connections send, the first only after some time. */
async function startSlowFirst(to: number, delayMs: number): Promise<number> {
  const sockets: Socket[] = []
  const timers: NodeJS.Timeout[] = []
  const server = createServer((inner) => {
    const join = () => {
      const outer = connect(to, '127.0.0.1').on('error', () => {})
      sockets.push(outer)
      inner.pipe(outer).pipe(inner)
    }
    if (sockets.length === 0) timers.push(setTimeout(join, delayMs))
    else join()
    sockets.push(inner.on('error', () => {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const timer of timers) clearTimeout(timer)
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
