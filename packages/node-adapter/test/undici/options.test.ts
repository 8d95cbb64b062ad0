import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PoolDispatcher } from '../../src/undici/index.ts'
import { startHttpsOrigin } from '../support/https-origin.ts'
import { startOrigin } from '../support/origin.ts'
import { startHttpProxy } from '../support/proxies.ts'
import { dispatch, newDispatcher } from './support/dispatcher.ts'

test.each([
  ['an unknown name', { conections: 1 }, TypeError, 'conections'],
  ['an unknown name of connect', { connect: { tiemout: 1 } }, TypeError, 'connect.tiemout'],
  ['connections: 0', { connections: 0 }, RangeError, 'connections'],
  ['connections as a string', { connections: '1' }, TypeError, 'connections'],
  ['pipelining: 2', { pipelining: 2 }, RangeError, 'pipelining'],
  ['headersTimeout: -1', { headersTimeout: -1 }, RangeError, 'headersTimeout'],
  ['allowH2: 1', { allowH2: 1 }, TypeError, 'allowH2'],
  ['localAddress: x', { localAddress: 'x' }, TypeError, 'localAddress'],
  ['maxResponseSize: -2', { maxResponseSize: -2 }, RangeError, 'maxResponseSize'],
  ['connect: 1', { connect: 1 }, TypeError, 'connect'],
  ['keepAliveTimeout: 0', { keepAliveTimeout: 0 }, RangeError, 'keepAliveTimeout'],
  ['a factory', { factory: () => {} }, TypeError, 'factory cannot be honoured'],
  ['interceptors', { interceptors: {} }, TypeError, 'interceptors cannot be honoured'],
  ['pingInterval: -1', { pingInterval: -1 }, RangeError, 'pingInterval'],
  ['h2Options', { h2Options: {} }, TypeError, 'h2Options cannot be honoured'],
  ['useH2c', { useH2c: true }, TypeError, 'useH2c cannot be honoured'],
  ['an option of the pool', { maxTotal: 0 }, RangeError, 'maxTotal'],
  ['an option of dialing', { attemptDelayMs: -1 }, RangeError, 'attemptDelayMs'],
  ['what is no undici', { undici: {} }, TypeError, 'undici'],
  ['what is no pool of a dispatcher', { pool: {} }, TypeError, 'pool'],
  ['one thing twice', { connections: 1, maxPerKey: 2 }, TypeError, 'connections and maxPerKey'],
  ['one time twice', { connectTimeout: 1, connect: { timeout: 2 } }, TypeError, 'connect.timeout'],
  ['no object', null, TypeError, 'PoolDispatcherOptions'],
])('%s is refused by name', (_, options, type, message) => {
  expect(() => new PoolDispatcher(options as never)).toThrow(type)
  expect(() => new PoolDispatcher(options as never)).toThrow(message)
})

test('beside a pool there are no options of a pool', () => {
  const { pool } = newDispatcher()
  for (const options of [
    { connections: 1 },
    { maxTotal: 5 },
    { proxy: false },
    { headersTimeout: 1 },
  ]) {
    expect(() => new PoolDispatcher({ pool, ...options } as never)).toThrow(TypeError)
  }
})

test('what is undefined or null is not given', async () => {
  const { port } = await startOrigin((_, res) => res.end('ok'))
  const dispatcher = newDispatcher({ connections: null, clientTtl: null, connect: undefined })
  const { ended } = dispatch(dispatcher, { origin: `http://127.0.0.1:${port}` })
  expect((await ended).body).toBe('ok')
})

test('dispatchers that share a pool share its connections and limits', async () => {
  const { port } = await startOrigin((_, res) => res.end('ok'))
  const origin = `http://127.0.0.1:${port}`
  const first = newDispatcher({ connections: 1 })
  const second = newDispatcher({ pool: first.pool })
  await dispatch(first, { origin }).ended
  await dispatch(second, { origin }).ended
  expect(first.pool.stats().totals).toMatchObject({ got: 2, dials: 1 })

  await second.close()
  expect((await dispatch(first, { origin }).ended).body).toBe('ok')
  await expect(dispatch(second, { origin }).ended).rejects.toMatchObject({
    code: 'UND_ERR_DESTROYED',
  })
})

test('pipelining: 0 and reuse: false have a connection for each request', async () => {
  const headers: (string | undefined)[] = []
  const { port } = await startOrigin((req, res) => {
    headers.push(req.headers.connection)
    res.end('ok')
  })
  for (const options of [{ pipelining: 0 }, { reuse: false }]) {
    const dispatcher = newDispatcher(options)
    for (let i = 0; i < 2; i++) {
      await dispatch(dispatcher, { origin: `http://127.0.0.1:${port}` }).ended
    }
    expect(dispatcher.pool.stats().totals.dials).toBe(2)
  }
  expect(headers).toEqual(['close', 'close', 'close', 'close'])
})

test('the server says how long a connection may be idle; else keepAliveTimeout does', async () => {
  const origin = await startOrigin((req, res) => {
    if (req.url === '/hint')
      res.setHeader('Keep-Alive', 'timeout=2').setHeader('Connection', 'keep-alive')
    res.end('ok')
  })
  const url = `http://127.0.0.1:${origin.port}`
  const isGone = async (options: object, path: string): Promise<number> => {
    const dispatcher = newDispatcher(options)
    await dispatch(dispatcher, { origin: url, path }).ended
    const idleSince = performance.now()
    await expect.poll(() => dispatcher.pool.stats().open, { interval: 5 }).toBe(0)
    expect(dispatcher.pool.stats().totals.closed['idle-timeout']).toBe(1)
    return performance.now() - idleSince
  }
  /** After so many ms, and long before what it would be by another rule, however busy the machine. */
  const within = async (options: object, path: string, ms: number, below: number) => {
    const after = await isGone(options, path)
    expect(after).toBeGreaterThan(ms * 0.9)
    expect(after).toBeLessThan(below)
  }
  await within({ keepAliveTimeout: 100 }, '/', 100, 3_500)
  await within({ keepAliveTimeout: 100, keepAliveTimeoutThreshold: 1_500 }, '/hint', 500, 1_700)
  await within({ keepAliveMaxTimeout: 200 }, '/hint', 200, 1_700)
  await within({}, '/hint', 1_900, 3_500)
})

test('maxRequestsPerClient and clientTtl end a connection', async () => {
  const { port } = await startOrigin((_, res) => res.end('ok'))
  const options = { origin: `http://127.0.0.1:${port}` }
  const dispatcher = newDispatcher({ maxRequestsPerClient: 2 })
  for (let i = 0; i < 3; i++) await dispatch(dispatcher, options).ended
  expect(dispatcher.pool.stats().totals).toMatchObject({ dials: 2 })
  expect(dispatcher.pool.stats().totals.closed['max-uses']).toBe(1)
})

test('connect has how to connect and what TLS is told', async () => {
  const origin = await startHttpsOrigin((req, res) => res.end(req.socket.remoteAddress))
  const options = { origin: `https://127.0.0.1:${origin.port}` }
  const connectTo = { ca: origin.cert, servername: 'origin.test', localAddress: '127.0.0.2' }
  const dispatcher = newDispatcher({ connect: { ...connectTo, timeout: 1_000 } })
  expect((await dispatch(dispatcher, options).ended).body).toContain('127.0.0.2')
  expect(origin.handshakes).toMatchObject([{ servername: 'origin.test' }])

  await expect(dispatch(newDispatcher(), options).ended).rejects.toMatchObject({
    name: 'NetDialError',
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  })
})

test('a Host header names the server that TLS asks for, and has connections of its own', async () => {
  const origin = await startHttpsOrigin((req, res) => res.end(req.headers.host))
  const url = `https://127.0.0.1:${origin.port}`
  const dispatcher = newDispatcher({ tls: { ca: origin.cert } })
  for (const host of ['origin.test', 'localhost', 'origin.test']) {
    const { ended } = dispatch(dispatcher, { origin: url, headers: { host } })
    expect((await ended).body).toBe(host)
  }
  const names = origin.handshakes.map(({ servername }) => servername)
  expect(names).toEqual(['origin.test', 'localhost'])
})

test('a Unix domain socket serves whatever origin, each by connections of its own', async () => {
  const path = join(tmpdir(), `wantconn-${process.pid}-${Date.now()}.sock`)
  await startOrigin((req, res) => res.end(req.headers.host), path)
  const dispatcher = newDispatcher({ socketPath: path })
  for (const host of ['one.test', 'two.test:8080', 'one.test']) {
    expect((await dispatch(dispatcher, { origin: `http://${host}` }).ended).body).toBe(host)
  }
  expect(dispatcher.pool.stats().totals.dials).toBe(2)
})

test('requests go through a proxy', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const proxy = await startHttpProxy()
  const dispatcher = newDispatcher({
    proxy: `http://127.0.0.1:${proxy.port}`,
    tls: { ca: origin.cert },
  })
  const { ended } = dispatch(dispatcher, { origin: `https://127.0.0.1:${origin.port}` })
  expect((await ended).body).toBe('ok')
  expect(proxy.asked).toMatchObject([{ authority: `127.0.0.1:${origin.port}` }])
})

test('a connector opens the connections', async () => {
  const { port } = await startOrigin((_, res) => res.end('ok'))
  const seen: object[] = []
  const dispatcher = newDispatcher({
    connect: (options: object, done: (error: null, socket: object) => void) => {
      seen.push(options)
      const socket = connect(port, '127.0.0.1', () => done(null, socket))
    },
  })
  expect((await dispatch(dispatcher, { origin: 'http://elsewhere.test:81' }).ended).body).toBe('ok')
  expect(seen).toMatchObject([{ hostname: 'elsewhere.test', port: '81', protocol: 'http:' }])
})

test('connections are warmed for an origin', async () => {
  const { port } = await startOrigin((_, res) => res.end('ok'))
  const dispatcher = newDispatcher()
  const origin = `http://127.0.0.1:${port}`
  await dispatcher.pool.warm(dispatcher.targetOf(origin), 3)
  expect(dispatcher.pool.stats()).toMatchObject({ open: 3, idle: 3 })
  const { ended } = dispatch(dispatcher, { origin })
  await ended
  expect(dispatcher.pool.stats().totals.dials).toBe(3)
})
