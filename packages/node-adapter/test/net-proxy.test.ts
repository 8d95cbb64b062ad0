import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { inspect } from 'node:util'
import { Pool } from '@wantconn/pool-core'
import { expect, onTestFinished, test } from 'vitest'
import {
  type NetAdapterOptions,
  NetDialError,
  type NetTarget,
  netAdapter,
  proxyFromEnv,
} from '../src/index.ts'
import { errorOf } from './support/agent.ts'
import { startTcp, unusedPort } from './support/origin.ts'
import { startHttpProxy, startSocksProxy } from './support/proxies.ts'
import { certificate, startTls } from './support/tls-origin.ts'

const host = '127.0.0.1'

function newPool(options?: NetAdapterOptions): Pool<NetTarget, Socket> {
  const pool = new Pool(netAdapter(options))
  onTestFinished(() => pool.destroy())
  return pool
}

async function echoed(socket: Socket, text = 'hello'): Promise<string> {
  socket.write(text)
  return String((await once(socket, 'data'))[0])
}

const kinds = ['http', 'https', 'socks5'] as const

/** A proxy of each kind, as a target names it. */
async function startProxy(kind: (typeof kinds)[number], auth?: readonly [string, string]) {
  const [username = '', password = ''] = auth ?? []
  const secret = auth && `${username}:${password}`
  const server =
    kind === 'socks5'
      ? await startSocksProxy(auth && { username, password })
      : await startHttpProxy({ tls: kind === 'https', ...(secret && { auth: secret }) })
  const url = (user = '') => `${kind}://${user}${host}:${server.port}`
  const tls = kind === 'https' ? { ca: (await certificate()).cert } : undefined
  return { server, proxy: (user?: string) => ({ url: url(user), tls }) }
}

test.each(kinds)('an %s proxy connects through to a TCP server', async (kind) => {
  const origin = await startTcp((socket) => socket.pipe(socket))
  const { server, proxy } = await startProxy(kind)
  const target = { host: 'localhost', port: origin.port, proxy: proxy() }

  const { conn } = await newPool().acquire(target)

  expect(await echoed(conn)).toBe('hello')
  expect(server.asked).toMatchObject([
    kind === 'socks5' ? `localhost:${origin.port}` : { authority: `localhost:${origin.port}` },
  ])
})

test.each(kinds)('an %s proxy connects through to a TLS server', async (kind) => {
  const origin = await startTls({}, (socket) => socket.pipe(socket))
  const { proxy } = await startProxy(kind)
  const tls = { ca: origin.cert }

  const { conn } = await newPool().acquire({ host, port: origin.port, tls, proxy: proxy() })

  expect((conn as TLSSocket).authorized).toBe(true)
  expect(await echoed(conn)).toBe('hello')
})

test.each(kinds)('an %s proxy is given user and password', async (kind) => {
  const origin = await startTcp((socket) => socket.pipe(socket))
  const { proxy } = await startProxy(kind, ['me@home', 'hush:hush'])
  const target = { host, port: origin.port, proxy: proxy('me%40home:hush%3Ahush@') }

  const { conn } = await newPool().acquire(target)

  expect(await echoed(conn)).toBe('hello')
})

test.each(kinds)('an %s proxy that wants another password fails the dial', async (kind) => {
  const { server, proxy } = await startProxy(kind, ['me', 'right'])
  const target = { host, port: 1, proxy: proxy('me:wrong-secret@') }

  const error = await errorOf(newPool().acquire(target))

  expect(error).toBeInstanceOf(NetDialError)
  expect(error).toMatchObject({ code: 'ERR_PROXY_TUNNEL', phase: 'proxy' })
  if (kind !== 'socks5') expect(error.cause).toMatchObject({ statusCode: 407 })
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('wrong-secret')
  await expect.poll(() => server.sockets.size).toBe(0)
})

test.each(kinds)('an %s proxy that cannot reach the target fails the dial', async (kind) => {
  const { server, proxy } = await startProxy(kind)
  const target = { host, port: await unusedPort(), proxy: proxy() }

  const error = await errorOf(newPool().acquire(target))

  expect(error).toMatchObject({
    code: expect.stringMatching(/^(ERR_PROXY_TUNNEL|ECONNRESET)$/),
    phase: 'proxy',
    attempts: [{ address: `${host}:${server.port}` }],
  })
  await expect.poll(() => server.sockets.size).toBe(0)
})

test('a proxy that nobody answers for fails the dial in the phase connect', async () => {
  const port = await unusedPort()
  const target = { host: 'localhost', port: 1, proxy: `http://${host}:${port}` }

  const error = await errorOf(newPool().acquire(target))

  expect(error).toMatchObject({
    code: 'ECONNREFUSED',
    phase: 'connect',
    target: `tcp localhost:1 via http://${host}:${port}`,
    attempts: [{ address: `${host}:${port}` }],
  })
})

test('an https proxy with a certificate of nobody known fails the dial', async () => {
  const { server } = await startProxy('https')
  const proxy = `https://${host}:${server.port}`

  const error = await errorOf(newPool().acquire({ host, port: 1, proxy }))

  expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', phase: 'proxy' })
  await expect.poll(() => server.sockets.size).toBe(0)
})

test.each(kinds)(
  'an %s proxy that never answers fails with ETIMEDOUT, and no socket stays',
  async (kind) => {
    const server = await startTcp((socket) => socket.resume())
    const proxy = `${kind}://${host}:${server.port}`
    const pool = newPool({ proxyTimeoutMs: 30 })

    const error = await errorOf(pool.acquire({ host, port: 1, proxy }))

    expect(error).toMatchObject({ code: 'ETIMEDOUT', phase: 'proxy' })
    await expect.poll(() => server.sockets.size).toBe(0)
  },
)

test.each(kinds)('a dial aborted while an %s proxy works leaves no socket', async (kind) => {
  const server = await startTcp()
  const proxy = `${kind}://${host}:${server.port}`
  const controller = new AbortController()
  const link = { signal: controller.signal, closed() {}, drain() {}, setCapacity() {} }
  const arrived = server.connection()
  const dialed = errorOf(Promise.resolve(netAdapter().dial({ host, port: 1, proxy }, link)))
  await once(await arrived, 'data')
  const reason = new Error('no use for it')

  controller.abort(reason)

  expect(await dialed).toBe(reason)
  await expect.poll(() => server.sockets.size).toBe(0)
})

test.each([
  ['http', 'HTTP/1.1 200'],
  ['http', 'no HTTP at all\r\n\r\n'],
  ['socks5', '\x05'],
  ['socks5', '\x04\x00'],
  ['socks5', '\x05\xff'],
])('an %s proxy that answers %j and ends fails the dial', async (kind, answer) => {
  const server = await startTcp((socket) => {
    socket.once('data', () => socket.end(answer, 'latin1'))
  })
  const proxy = `${kind}://${host}:${server.port}`

  const error = await errorOf(newPool().acquire({ host, port: 1, proxy }))

  expect(error).toMatchObject({ phase: 'proxy', code: expect.stringMatching(/^[A-Z_]+$/) })
  await expect.poll(() => server.sockets.size).toBe(0)
})

test.each(kinds)('what a server says first through an %s proxy is not lost', async (kind) => {
  const origin = await startTcp((socket) => socket.write('220 ready'))
  const { proxy } = await startProxy(kind)
  const { conn } = await newPool().acquire({ host, port: origin.port, proxy: proxy() })
  await new Promise((resolve) => setTimeout(resolve, 20))

  expect(String((await once(conn, 'data'))[0])).toBe('220 ready')
})

test.each([
  ['http', ['HTTP/1.1 200 OK\r\n\r\n220 ready']],
  ['socks5', ['\x05\x00', '\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50220 ready']],
])('what comes in one piece with the answer of an %s proxy is not lost', async (kind, answers) => {
  const server = await startTcp((socket) => {
    const left = [...answers]
    socket.on('data', () => socket.write(left.shift() ?? '', 'latin1'))
  })
  const proxy = `${kind}://${host}:${server.port}`

  const { conn } = await newPool().acquire({ host, port: 1, proxy })
  await new Promise(setImmediate)

  expect(String((await once(conn, 'data'))[0])).toBe('220 ready')
})

test('a socket from a SOCKS5 proxy does not flow before its holder listens', async () => {
  const origin = await startTcp()
  const { proxy } = await startProxy('socks5')
  const arrived = origin.connection()
  const { conn } = await newPool().acquire({ host, port: origin.port, proxy: proxy() })

  ;(await arrived).write('220 ready')
  await expect.poll(() => conn.readableLength).toBeGreaterThan(0)

  expect(String((await once(conn, 'data'))[0])).toBe('220 ready')
})

test('a CONNECT names host and port, and no path or origin', async () => {
  const server = await startTcp()
  const arrived = server.connection()
  const proxy = { url: `http://me:hush@${host}:${server.port}`, headers: { 'X-Team': 'blue' } }
  const dialed = newPool().acquire({ host: '::1', port: 443, tls: true, proxy })
  dialed.catch(() => {})

  const lines = String((await once(await arrived, 'data'))[0]).split('\r\n')

  expect(lines).toEqual([
    'CONNECT [::1]:443 HTTP/1.1',
    'host: [::1]:443',
    'connection: keep-alive',
    'proxy-connection: keep-alive',
    `proxy-authorization: Basic ${Buffer.from('me:hush').toString('base64')}`,
    'x-team: blue',
    '',
    '',
  ])
})

test.each(kinds)(
  'a connection through an %s proxy is reused, and watched while idle',
  async (kind) => {
    const origin = await startTcp((socket) => socket.pipe(socket))
    const { proxy } = await startProxy(kind)
    const target = { host, port: origin.port, proxy: proxy() }
    const pool = newPool()
    const arrived = origin.connection()
    const first = await pool.acquire(target)
    await echoed(first.conn)
    first.release()
    const second = await pool.acquire(target)
    expect(second.reused).toBe(true)
    expect(await echoed(second.conn)).toBe('hello')
    second.release()
    const atRest = tcpHandles()

    ;(await arrived).end()

    await expect.poll(() => pool.stats().open).toBe(0)
    await expect.poll(() => origin.sockets.size).toBe(0)
    expect(tcpHandles()).toBeLessThanOrEqual(atRest)
  },
)

test('a function chooses the proxy, once for each target', async () => {
  const origin = await startTcp((socket) => socket.pipe(socket))
  const http = await startHttpProxy()
  const asked: NetTarget[] = []
  const pool = newPool({
    proxy: (target) => {
      asked.push(target)
      return asked.length === 1 ? `http://${host}:${http.port}` : undefined
    },
  })
  const target = { host, port: origin.port }

  const leases = await Promise.all([pool.acquire(target), pool.acquire(target)])
  const direct = await pool.acquire({ ...target })

  expect(asked).toEqual([target, target])
  expect(http.asked.length).toBe(2)
  expect(leases.map(({ key }) => key)).toEqual(
    Array(2).fill(`tcp ${host}:${origin.port} via http://${host}:${http.port}`),
  )
  expect(direct.key).toBe(`tcp ${host}:${origin.port}`)
})

test('a target may refuse the proxy of the adapter, and a path never has one', () => {
  const adapter = netAdapter({ proxy: 'http://p' })

  expect(adapter.key({ host: 'a', port: 1 })).toBe('tcp a:1 via http://p:80')
  expect(adapter.key({ host: 'a', port: 1, proxy: false })).toBe('tcp a:1')
  expect(adapter.key({ host: 'a', port: 1, proxy: 'http://q' })).toBe('tcp a:1 via http://q:80')
  expect(adapter.key({ path: '/a' })).toBe('unix /a')
})

test.each(['p', 'ftp://p', 5, null, { url: 5 }])(
  'netAdapter({ proxy: %o }) is refused',
  (proxy) => {
    expect(() => netAdapter({ proxy: proxy as never })).toThrow(TypeError)
  },
)

test('a proxy that a function returns is checked', () => {
  const adapter = netAdapter({ proxy: () => 'nonsense' })

  expect(() => adapter.key({ host: 'a', port: 1 })).toThrow(TypeError)
})

const at = (target: object, env: Record<string, string>): string | undefined =>
  proxyFromEnv(env)({ host: 'a.example.com', port: 80, ...target } as NetTarget)?.url as string

test('the environment names one proxy for TLS and one for the rest', () => {
  const env = { HTTP_PROXY: 'http://p', HTTPS_PROXY: 'http://q' }

  expect(at({}, env)).toBe('http://p')
  expect(at({ tls: true }, env)).toBe('http://q')
  expect(at({ host: undefined, path: '/a' }, env)).toBe(undefined)
  expect(at({ tls: true }, { HTTP_PROXY: 'http://p' })).toBe(undefined)
  expect(at({}, { ...env, http_proxy: 'http://lower' })).toBe('http://lower')
  expect(at({}, { ...env, http_proxy: '' })).toBe('http://p')
  expect(at({}, { http_proxy: 'socks5://s' })).toBe('socks5://s')
  expect(at({}, {})).toBe(undefined)
})

test.each([
  ['*', {}, true],
  ['a.example.com', {}, true],
  ['A.Example.COM', {}, true],
  ['example.com', {}, false],
  ['.example.com', {}, true],
  ['.example.com', { host: 'example.com' }, true],
  ['*.example.com', {}, true],
  ['*.example.com', { host: 'example.com' }, false],
  ['.ample.com', {}, false],
  ['a.example.com:80', {}, true],
  ['a.example.com:8080', {}, false],
  ['x, a.example.com ,y', {}, true],
  ['10.0.0.1-10.0.0.9', { host: '10.0.0.9' }, true],
  ['10.0.0.1-10.0.0.9', { host: '10.0.0.10' }, false],
  ['10.0.0.9-10.0.0.1', { host: '10.0.0.5' }, false],
  ['a-b', { host: 'a-b' }, true],
  ['::1', { host: '::1' }, true],
  ['', {}, false],
  [',', {}, false],
])('no_proxy %j for %o: %o', (no_proxy, target, isListed) => {
  const proxy = at(target, { http_proxy: 'http://p', no_proxy })

  expect(proxy).toBe(isListed ? undefined : 'http://p')
})

test.each(['p', 'ftp://p', 'http://a\nb', 'http://u:hush@p:99999'])(
  'http_proxy=%j is refused at once, by name, without its password',
  (http_proxy) => {
    expect(() => proxyFromEnv({ http_proxy })).toThrow(TypeError)
    expect(() => proxyFromEnv({ http_proxy })).toThrow(/^http_proxy(?!.*hush)/)
  },
)

test.each([null, 'http://p'])('an environment that is none is refused: %j', (env) => {
  expect(() => proxyFromEnv(env as never)).toThrow(TypeError)
  expect(() => proxyFromEnv(env as never)).toThrow(/environment.*process\.env.*got/)
})

/** Sockets that keep this process alive. */
function tcpHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length
}
