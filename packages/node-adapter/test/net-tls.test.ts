import { once } from 'node:events'
import { connect as connectHttp2, createSecureServer } from 'node:http2'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { createServer as createUnixServer } from 'node:tls'
import { Pool } from '@wantconn/pool-core'
import { expect, onTestFinished, test } from 'vitest'
import { type NetAdapterOptions, NetDialError, type NetTarget, netAdapter } from '../src/index.ts'
import { handshake } from '../src/tls/handshake.ts'
import { planTls } from '../src/tls/tls-plan.ts'
import { TlsSessions } from '../src/tls/tls-sessions.ts'
import { errorOf } from './support/agent.ts'
import { startTcp } from './support/origin.ts'
import { certificate, startTls } from './support/tls-origin.ts'

const host = '127.0.0.1'

function newPool(options?: NetAdapterOptions): Pool<NetTarget, Socket> {
  const pool = new Pool(netAdapter(options))
  onTestFinished(() => pool.destroy())
  return pool
}

/** Opens a connection, waits for its tickets, and closes it. */
async function oneLife(pool: Pool<NetTarget, Socket>, target: NetTarget): Promise<void> {
  const lease = await pool.acquire(target)
  const socket = lease.conn as TLSSocket
  await once(socket.setEncoding('utf8'), 'data')
  lease.discard()
  await once(socket, 'close')
}

test('a target with tls is dialed to the end of the handshake', async () => {
  const origin = await startTls({}, (socket) => socket.pipe(socket))
  const lease = await newPool().acquire({ host, port: origin.port, tls: { ca: origin.cert } })
  const socket = lease.conn as TLSSocket

  socket.write('hello')

  expect(socket.authorized).toBe(true)
  expect(String((await once(socket, 'data'))[0])).toBe('hello')
})

test('the name asked for is the host, unless that is an address or another is given', async () => {
  const origin = await startTls({})
  const { port, cert } = origin
  const pool = newPool({ lookup: (_name, _options, callback) => callback(null, host, 4) })

  await pool.acquire({ host, port, tls: { ca: cert } })
  await pool.acquire({ host: 'LocalHost.', port, tls: { ca: cert } })
  await pool.acquire({ host, port, tls: { ca: cert, servername: 'origin.test' } })

  await expect
    .poll(() => origin.handshakes.map(({ servername }) => servername))
    .toEqual([false, 'localhost', 'origin.test'])
})

test.each([
  ['an unknown issuer', {}, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['a certificate for another name', { servername: 'other.test' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
])('%s fails the dial in the phase tls, and no socket stays', async (_, more, code) => {
  const origin = await startTls()
  const ca = code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? { ca: origin.cert } : {}
  const target = { host, port: origin.port, tls: { ...ca, ...more } }

  const error = await errorOf(newPool().acquire(target))

  expect(error).toBeInstanceOf(NetDialError)
  expect(error).toMatchObject({ code, phase: 'tls', cause: { code } })
  expect(error).toMatchObject({ attempts: [{ address: `${host}:${origin.port}` }] })
  await expect.poll(() => origin.raw.size).toBe(0)
})

test('a server that closes during the handshake fails the dial with ECONNRESET', async () => {
  const server = await startTcp((socket) => socket.once('data', () => socket.end()))

  const error = await errorOf(newPool().acquire({ host, port: server.port, tls: true }))

  expect(error).toMatchObject({ code: 'ECONNRESET', phase: 'tls' })
})

test('a server that speaks no TLS fails the dial with the code of OpenSSL', async () => {
  const server = await startTcp((socket) => socket.end('220 smtp.example ready\r\n'))

  const error = await errorOf(newPool().acquire({ host, port: server.port, tls: true }))

  expect(error).toMatchObject({ phase: 'tls', code: expect.stringMatching(/^ERR_SSL_/) })
})

test('a certificate of its own that cannot be read fails the dial before anything is opened', async () => {
  const server = await startTcp(() => expect.unreachable())

  const error = await errorOf(
    newPool().acquire({ host, port: server.port, tls: { cert: 'no PEM', key: 'neither' } }),
  )

  expect(error).toMatchObject({ phase: 'tls', attempts: [] })
})

test('a handshake that takes longer than tlsTimeoutMs fails, and no socket stays', async () => {
  const server = await startTcp((socket) => socket.resume())
  const pool = newPool({ tlsTimeoutMs: 30 })

  const error = await errorOf(pool.acquire({ host, port: server.port, tls: true }))

  expect(error).toMatchObject({ code: 'ETIMEDOUT', phase: 'tls' })
  await expect.poll(() => server.sockets.size).toBe(0)
})

test('a dial aborted in the handshake rejects with the reason, and no socket stays', async () => {
  const server = await startTcp()
  const controller = new AbortController()
  const link = { signal: controller.signal, closed() {}, drain() {}, setCapacity() {} }
  const arrived = server.connection()
  const dialed = errorOf(
    Promise.resolve(netAdapter().dial({ host, port: server.port, tls: true }, link)),
  )
  await once(await arrived, 'data')
  const reason = new Error('no use for it')

  controller.abort(reason)

  expect(await dialed).toBe(reason)
  await expect.poll(() => server.sockets.size).toBe(0)
})

test.each(['TLSv1.2', 'TLSv1.3'] as const)('sessions are resumed with %s', async (maxVersion) => {
  const origin = await startTls({ maxVersion }, (socket) => socket.write('hello'))
  const pool = newPool()
  const target = { host, port: origin.port, tls: { ca: origin.cert } }

  for (let i = 0; i < 40; i++) await oneLife(pool, target)

  const resumed = origin.handshakes.filter((handshake) => handshake.resumed)
  expect(resumed.length).toBe(39)
})

test('a burst of dials resumes the sessions of the burst before it', async () => {
  const origin = await startTls({}, (socket) => socket.write('hello'))
  const pool = newPool()
  const target = { host, port: origin.port, tls: { ca: origin.cert } }
  const burst = (): Promise<unknown> =>
    Promise.all(Array.from({ length: 20 }, () => oneLife(pool, target)))
  await burst()
  origin.handshakes.length = 0

  await burst()

  expect(origin.handshakes.map(({ resumed }) => resumed)).toEqual(Array(20).fill(true))
})

// Whoever resumes is not shown the certificate again: it takes the word of whoever looked at it.
test.each([
  ['at all', { rejectUnauthorized: false }, {}, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['by another authority', { ca: true }, {}, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [
    'the name itself',
    { ca: true, servername: 'other.test', checkServerIdentity: () => undefined },
    { ca: true, servername: 'other.test' },
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ],
])('a session is not resumed by a target that verifies %s', async (_, lax, strict, code) => {
  const origin = await startTls({}, (socket) => socket.write('hello'))
  const pool = newPool()
  const target = ({ ca, ...tls }: { ca?: boolean; [more: string]: unknown }): NetTarget => {
    return { host, port: origin.port, tls: { ...tls, ...(ca && { ca: origin.cert }) } }
  }
  await oneLife(pool, target(lax))

  const error = await errorOf(pool.acquire(target(strict)))

  expect(error.code).toBe(code)
})

test('a session that its server does not resume is not offered again', async () => {
  // given a session of a server that is no more
  const before = await startTls({ maxVersion: 'TLSv1.2' })
  const origin = await startTls({ maxVersion: 'TLSv1.2' })
  const sessions = new TlsSessions(1)
  const { signal } = new AbortController()
  const plan = planTls('tls', { ca: origin.cert }, host, 'key')
  const dial = async (port: number): Promise<TLSSocket> => {
    const raw = connect({ host, port })
    await once(raw, 'connect')
    return handshake(raw, plan, sessions, signal)
  }
  await dial(before.port)
  await expect.poll(() => sessions.take('key')).toBeDefined()
  const stale = sessions.take('key')

  // when it is offered to another server
  const socket = await dial(origin.port)

  // then it is gone
  expect(socket.isSessionReused()).toBe(false)
  expect([sessions.take('key'), sessions.take('key')]).not.toContain(stale)
})

test('the sessions of the least recently used key go first, and a key keeps only so many', () => {
  const sessions = new TlsSessions(2)
  const session = (name: string): Buffer => Buffer.from(name)
  for (let i = 0; i < 20; i++) sessions.put('a', session(`a${i}`))
  sessions.put('b', session('b'))
  sessions.take('a')

  sessions.put('c', session('c'))

  expect(sessions.take('b')).toBe(undefined)
  const left = new Set(Array.from({ length: 20 }, () => String(sessions.take('a'))))
  expect([...left]).toEqual(['a18', 'a17', 'a16', 'a15', 'a14', 'a13', 'a12'])
})

test('maxTlsSessions: 0 resumes nothing', async () => {
  const origin = await startTls({}, (socket) => socket.write('hello'))
  const pool = newPool({ maxTlsSessions: 0 })
  const target = { host, port: origin.port, tls: { ca: origin.cert } }

  for (let i = 0; i < 3; i++) await oneLife(pool, target)

  expect(origin.handshakes.map(({ resumed }) => resumed)).toEqual([false, false, false])
})

test('an idle connection that was never used hears its tickets and stays', async () => {
  const origin = await startTls()
  const pool = newPool()
  const target = { host, port: origin.port, tls: { ca: origin.cert } }
  await pool.warm(target, 1)
  const lease = await pool.acquire(target)
  const tickets = once(lease.conn, 'session')
  lease.release()
  await Promise.race([tickets, new Promise((resolve) => setTimeout(resolve, 100))])

  expect(pool.stats()).toMatchObject({ open: 1, idle: 1 })
})

test.each([
  ['close_notify', (peer: TLSSocket) => peer.end()],
  ['a FIN without close_notify', (_: TLSSocket, raw: Socket) => raw.end()],
  ['a reset', (_: TLSSocket, raw: Socket) => raw.resetAndDestroy()],
  ['a stray byte', (peer: TLSSocket) => peer.write('x')],
])('%s takes an idle TLS connection out at once', async (_, end) => {
  const origin = await startTls()
  const pool = newPool()
  const target = { host, port: origin.port, tls: { ca: origin.cert } }
  const arrived = origin.connection()
  const lease = await pool.acquire(target)
  lease.release()
  const peer = await arrived

  end(peer, [...origin.raw][0] as Socket)

  await expect.poll(() => pool.stats().open).toBe(0)
  expect(pool.stats().totals.closed).toMatchObject({ 'closed-by-peer': 1 })
  await expect.poll(() => origin.raw.size).toBe(0)
})

test('an idle TLS connection is unreferenced, one in use is not', async () => {
  const origin = await startTls()
  const pool = newPool()
  const target = { host, port: origin.port, tls: { ca: origin.cert } }
  const lease = await pool.acquire(target)
  const inUse = tcpHandles()

  lease.release()
  const idle = tcpHandles()
  await pool.acquire(target)

  expect([idle, tcpHandles()]).toEqual([inUse - 1, inUse])
})

test('TLS is spoken over a Unix domain socket, too', async () => {
  const { key, cert } = await certificate()
  const path = join(tmpdir(), `wantconn-tls-${process.pid}.sock`)
  const server = createUnixServer({ key, cert }, (socket) => socket.end('here')).listen(path)
  onTestFinished(() => void server.close())
  await once(server, 'listening')

  const { conn } = await newPool().acquire({ path, tls: { ca: cert, servername: 'localhost' } })

  expect(String((await once(conn, 'data'))[0])).toBe('here')
})

test('a socket dialed with ALPN h2 serves an HTTP/2 session', async () => {
  const pair = await certificate()
  const server = createSecureServer(pair).listen(0, host)
  server.on('stream', (stream) => stream.respond({ ':status': 204 }, { endStream: true }))
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const target = { host, port, tls: { ca: pair.cert, ALPNProtocols: ['h2'] } }
  const { conn } = await newPool().acquire(target)

  const session = connectHttp2(`https://${host}:${port}`, { createConnection: () => conn })
  const [headers] = await once(session.request({ ':path': '/' }), 'response')
  session.destroy()

  expect((conn as TLSSocket).alpnProtocol).toBe('h2')
  expect(headers[':status']).toBe(204)
})

/** Sockets that keep this process alive. */
function tcpHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length
}
