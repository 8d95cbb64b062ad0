import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool, type PoolOptions } from '@wantconn/pool-core'
import { expect, onTestFinished, test } from 'vitest'
import { NetDialError, type NetTarget, netAdapter } from '../src/index.ts'
import { errorOf } from './support/agent.ts'
import { startTcp, unusedPort } from './support/origin.ts'
import { silentPort } from './support/silent-port.ts'

const host = '127.0.0.1'

function newPool(options?: PoolOptions<Socket>): Pool<NetTarget, Socket> {
  const pool = new Pool(netAdapter(), options)
  onTestFinished(() => pool.destroy())
  return pool
}

/** A connection that a pool has taken back, and the server's end of it. */
async function oneIdle(target?: NetTarget) {
  const server = await startTcp()
  const pool = newPool()
  const arrived = server.connection()
  const lease = await pool.acquire(target ?? { host, port: server.port })
  lease.release()
  const { conn: socket } = lease
  return { server, pool, socket, peer: await arrived, target: { host, port: server.port } }
}

test('these are the public names', async () => {
  const names = Object.keys(await import('../src/index.ts'))

  expect(names.sort()).toEqual(['NetDialError', 'netAdapter', 'proxyFromEnv'])
})

test('a dial resolves with a connected socket', async () => {
  const server = await startTcp((socket) => socket.pipe(socket))
  const { conn } = await newPool().acquire({ host, port: server.port })

  conn.write('hello')

  expect(conn.connecting).toBe(false)
  expect(String((await once(conn, 'data'))[0])).toBe('hello')
})

test('a refused dial fails with the error of the system', async () => {
  const port = await unusedPort()

  const error = await errorOf(newPool().acquire({ host, port }))

  expect(error).toBeInstanceOf(NetDialError)
  expect(error).toMatchObject({
    code: 'ECONNREFUSED',
    phase: 'connect',
    target: `tcp ${host}:${port}`,
    attempts: [{ address: `${host}:${port}`, error: error.cause }],
    cause: { code: 'ECONNREFUSED', syscall: 'connect', address: host, port },
  })
})

test('a name that nobody knows fails with ENOTFOUND or EAI_AGAIN', async () => {
  const error = await errorOf(newPool().acquire({ host: 'nobody.invalid', port: 80 }))

  expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(error.code)
  expect(error).toMatchObject({
    phase: 'lookup',
    attempts: [],
    cause: { hostname: 'nobody.invalid' },
  })
})

test('an aborted dial fails with the reason, and no socket stays', async () => {
  const server = await startTcp()
  const controller = new AbortController()
  const link = newLink(controller.signal)
  const dialed = netAdapter().dial({ host, port: server.port }, link)
  const reason = new Error('no use for it')

  controller.abort(reason)

  expect(await errorOf(Promise.resolve(dialed))).toBe(reason)
  await expect.poll(() => server.sockets.size).toBe(0)
})

test('an address that answers nothing fails the dial after connectTimeoutMs, and no socket stays', async () => {
  const port = await silentPort()
  const before = openTcp()
  const pool = new Pool(netAdapter({ connectTimeoutMs: 40, lookupTimeoutMs: 1, tlsTimeoutMs: 1 }))

  const error = await errorOf(pool.acquire({ host, port }))

  expect(error).toBeInstanceOf(NetDialError)
  expect(error).toMatchObject({
    phase: 'connect',
    code: 'ETIMEDOUT',
    target: `tcp ${host}:${port}`,
    attempts: [{ address: `${host}:${port}` }],
  })
  await expect.poll(() => openTcp()).toBe(before)
})

test('a dial whose signal has aborted already opens nothing', async () => {
  const server = await startTcp(() => expect.unreachable())
  const link = newLink(AbortSignal.abort(new Error('too late')))

  const dialed = netAdapter().dial({ host, port: server.port }, link)

  expect(await errorOf(Promise.resolve(dialed))).toMatchObject({ message: 'too late' })
})

test('closing a pool while it dials leaks no socket', async () => {
  const server = await startTcp()
  const pool = newPool()
  const dials = Array.from({ length: 20 }, () => errorOf(pool.acquire({ host, port: server.port })))

  pool.destroy()

  for (const error of await Promise.all(dials)) expect(error.code).toBe('ERR_POOL_CLOSED')
  await expect.poll(() => openTcp()).toBe(0)
})

test('a FIN takes an idle connection out at once', async () => {
  const { pool, socket, peer } = await oneIdle()

  peer.end()
  await once(socket, 'end')

  expect(pool.stats()).toMatchObject({ open: 0, totals: { closed: { 'closed-by-peer': 1 } } })
  expect(socket.destroyed).toBe(true)
})

test('a reset takes an idle connection out at once', async () => {
  const { pool, socket, peer } = await oneIdle()

  peer.resetAndDestroy()
  await new Promise((resolve) => socket.once('close', resolve))

  expect(pool.stats().open).toBe(0)
})

test('bytes that nobody asked for take an idle connection out at once', async () => {
  const { pool, socket, peer } = await oneIdle()

  peer.write('surprise')
  await once(socket, 'close')

  expect(pool.stats()).toMatchObject({ open: 0, totals: { closed: { 'closed-by-peer': 1 } } })
})

test('a connection dialed in vain is watched like one that was used', async () => {
  const server = await startTcp()
  const pool = newPool()
  const first = await pool.acquire({ host, port: server.port })
  const arrived = server.connection()
  const second = pool.acquire({ host, port: server.port })
  first.release()
  expect((await second).conn).toBe(first.conn)
  const peer = await arrived
  await expect.poll(() => pool.stats().idle).toBe(1)

  peer.end()

  await expect.poll(() => pool.stats().open).toBe(1)
})

test('a connection lost while in use frees its place', async () => {
  const server = await startTcp()
  const pool = newPool({ maxPerKey: 1 })
  const arrived = server.connection()
  await pool.acquire({ host, port: server.port })
  const next = pool.acquire({ host, port: server.port })

  ;(await arrived).resetAndDestroy()

  expect((await next).reused).toBe(false)
})

test('a connection given back with bytes unread is not handed out again', async () => {
  const server = await startTcp((socket) => socket.on('data', () => socket.write('unread')))
  const pool = newPool()
  const lease = await pool.acquire({ host, port: server.port })
  lease.conn.write('ask')
  lease.conn.once('readable', () => {})
  await expect.poll(() => lease.conn.readableLength).toBeGreaterThan(0)

  lease.release()

  expect(pool.stats()).toMatchObject({ open: 0, totals: { closed: { broken: 1 } } })
})

test('the next holder of a connection misses no byte, however late it listens', async () => {
  const { pool, socket, peer, target } = await oneIdle()
  socket.pause()
  const lease = await pool.acquire(target)
  expect(lease.conn).toBe(socket)

  peer.write('for you')
  await new Promise(setImmediate)

  expect(String((await once(socket, 'data'))[0])).toBe('for you')
})

test('an idle connection is unreferenced, one in use is not, and no listener stays', async () => {
  const { pool, socket, target } = await oneIdle()
  const handle = (socket as unknown as { _handle: { hasRef(): boolean } })._handle
  expect(handle.hasRef()).toBe(false)
  const idle = socket.eventNames().map((name) => [name, socket.listenerCount(name)])

  for (let i = 0; i < 20; i++) {
    const lease = await pool.acquire(target)
    expect(handle.hasRef()).toBe(true)
    lease.release()
  }

  expect(socket.eventNames().map((name) => [name, socket.listenerCount(name)])).toEqual(idle)
})

test('a Unix domain socket is dialed by its path', async () => {
  const path = join(tmpdir(), `wantconn-net-${process.pid}.sock`)
  const server = createServer((socket) => socket.end('here')).listen(path)
  onTestFinished(() => void server.close())
  await once(server, 'listening')

  const { conn, key } = await newPool().acquire({ path })

  expect(key).toBe(`unix ${path}`)
  expect(String((await once(conn, 'data'))[0])).toBe('here')
})

test('localAddress is where the connection comes from', async () => {
  const server = await startTcp()
  const arrived = server.connection()

  await newPool().acquire({ host, port: server.port, localAddress: '127.0.0.1' })

  expect((await arrived).remoteAddress).toBe('127.0.0.1')
})

test.each([
  [{ noDelay: 1 }, TypeError],
  [{ keepAliveDelayMs: 'soon' }, TypeError],
  [{ keepAliveDelayMs: 0 }, RangeError],
  [{ keepAliveDelayMs: Number.NaN }, RangeError],
  [{ keepalive: true }, TypeError],
  [null, TypeError],
  [{ lookup: 'dns' }, TypeError],
  [{ attemptDelayMs: -1 }, RangeError],
  [{ lookupTimeoutMs: 0 }, RangeError],
  [{ connectTimeoutMs: '1s' }, TypeError],
  [{ tlsTimeoutMs: Number.NaN }, RangeError],
  [{ maxTlsSessions: -1 }, RangeError],
  [{ maxTlsSessions: 1.5 }, RangeError],
])('netAdapter(%o) is refused', (options, kind) => {
  expect(() => netAdapter(options as never)).toThrow(kind)
})

function newLink(signal: AbortSignal) {
  return { signal, closed() {}, drain() {}, setCapacity() {} }
}

/** Sockets of this process, both ends. */
function openTcp(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
}
