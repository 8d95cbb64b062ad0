import { once } from 'node:events'
import { type OutgoingHttpHeaders, sensitiveHeaders } from 'node:http2'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Http2Client, http2Adapter } from '../src/index.ts'
import { errorOf, get, newClient, newPool, read, startOrigin } from './support/fixtures.ts'
import { startRaw } from './support/raw-origin.ts'
import { openTls } from './support/tls-echo.ts'

test.each<[string, OutgoingHttpHeaders]>([
  ['an uppercase name', { 'Content-Type': 'text/plain' }],
  ['a name that is no token', { 'a b': '1' }],
  ['a pseudo-header', { ':path': '/' }],
  ['connection', { connection: 'close' }],
  ['transfer-encoding', { 'transfer-encoding': 'chunked' }],
  ['te', { te: 'gzip' }],
  ['host', { host: 'example.com' }],
  ['a line break', { 'x-a': 'b\r\nc: d' }],
  ['an authority with a user', { ':authority': 'user@example.com' }],
  ['an authority with a space', { ':authority': 'exa mple.com' }],
  ['an authority that is not ASCII', { ':authority': 'ä.example' }],
  ['too much', { 'x-long': 'x'.repeat(70_000) }],
  ['too much in many values', { 'x-of-many-values': Array(3_000).fill('1') }],
  ['two values where there is one', { 'content-length': ['1', '2'] as never }],
  ['a length that is no number', { 'content-length': 'x' }],
  ['a length where there is no body', { 'content-length': 5 }],
  ['two types', { 'content-type': ['a/b', 'c/d'] as never }],
  ['two authorizations', { authorization: ['a', 'b'] as never }],
  ['no text', { 'x-a': null as never }],
  ['an object', { 'x-a': {} as never }],
  ['something else in its list', { 'x-a': ['a', undefined] as never }],
  ['names of secrets that are no list', { [sensitiveHeaders]: 'x-a' as never }],
  ['names of secrets that are none', { [sensitiveHeaders]: [5] as never }],
])('a header with %s fails its request at once, and nothing else', async (_, headers) => {
  const origin = await startOrigin()
  const client = newClient()
  await get(client, origin.url)

  const error = await errorOf(client.request(origin.url, headers))

  expect(error).toBeInstanceOf(Error)
  expect((error as Error).name).not.toBe('Http2Error')
  expect(await get(client, `${origin.url}/after`)).toBe('/after')
  expect(origin.accepted()).toBe(1)
})

test.each([undefined, 'body'])(
  'a head is refused before it is too much for the session, by no byte too late; body: %s',
  async (body) => {
    const origin = await startRaw({ onStream: (session, id) => session.respond(id, true) })
    const client = newClient()
    const outcomes = new Set<unknown>()

    for (let length = 65_300; length < 65_536; length += 2) {
      const request = client.request(origin.url, { 'x-long': 'x'.repeat(length) }, { body })
      outcomes.add(
        await request.then(
          ({ status }) => status,
          (error) => error.name,
        ),
      )
    }

    expect([...outcomes]).toEqual([200, 'RangeError'])
    expect(client.stats()).toMatchObject({ retries: 0, totals: { dials: 1 } })
  },
)

test.each([
  ['a URL of another scheme', 'ftp://localhost/', {}],
  ['a URL with a password', 'http://a:b@localhost/', {}],
  ['no URL', 'localhost', {}],
  ['CONNECT', 'http://localhost/', { method: 'CONNECT' }],
  ['a method that is no token', 'http://localhost/', { method: 'G T' }],
  ['a body of another kind', 'http://localhost/', { body: 7 }],
  ['a signal of another kind', 'http://localhost/', { signal: {} }],
  ['a time of another kind', 'http://localhost/', { timeoutMs: '1' }],
  ['an unknown option', 'http://localhost/', { timeout: 1 }],
])('136: %s is a TypeError, and nothing is dialed', async (_, url, options) => {
  const client = newClient()

  expect(await errorOf(client.request(url, {}, options as never))).toBeInstanceOf(TypeError)
  expect(client.stats().totals.dials).toBe(0)
})

test.each([new Headers({ a: '1' }), new Map([['a', '1']]), [['a', '1']], null])(
  'headers that are no plain object are a TypeError',
  async (headers) => {
    const request = newClient().request('http://localhost/', headers as never)
    expect(await errorOf(request)).toBeInstanceOf(TypeError)
  },
)

test.each([
  [{ unknown: 1 }, TypeError],
  [{ pingIntervalMs: 0 }, RangeError],
  [{ pingTimeoutMs: '1' }, TypeError],
  [{ expectedStreams: 1.5 }, RangeError],
  [{ sessionWindowSize: 1 }, RangeError],
  [{ settings: { initialWindowSize: -1 } }, RangeError],
  [{ settings: 1 }, TypeError],
  [{ connectTimeoutMs: -1 }, RangeError],
])('options %j are refused at construction', (options, kind) => {
  expect(() => http2Adapter(options as never)).toThrow(kind)
  expect(() => new Http2Client(options as never)).toThrow(kind)
})

test('wrong tls is refused at construction', () => {
  expect(() => new Http2Client({ tls: { rejectUnauthorised: false } as never })).toThrow(TypeError)
})

test('a bad name on a leased session harms only its request, also where Node would end the session', async () => {
  const origin = await startOrigin()
  const { conn } = await newPool().acquire(origin.target)

  expect(() => conn.request({ 'a b': '1' })).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_HTTP_TOKEN' }),
  )

  expect((await read(conn.request({ ':path': '/after' }))).body).toBe('/after')
})

test('a server that does not choose HTTP/2 fails the dial, and no socket stays', async () => {
  const echo = await openTls()
  onTestFinished(() => echo.stop())

  const error = await errorOf(newPool().acquire(echo.target))

  expect(error).toMatchObject({ code: 'ERR_H2_NOT_NEGOTIATED' })
  await expect.poll(() => echo.sockets.size).toBe(0)
})

test('a server that answers in HTTP/1.1 without TLS fails the dial', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo

  const error = await errorOf(newPool().acquire({ host: '127.0.0.1', port }))

  expect(error).toMatchObject({ code: 'ERR_H2_NO_SETTINGS' })
})

test('a server that says nothing fails the dial in time', async () => {
  const sockets: Socket[] = []
  const server = createServer((socket) => sockets.push(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo

  const error = await errorOf(
    newPool({ settingsTimeoutMs: 50 }).acquire({ host: '127.0.0.1', port }),
  )

  expect(error).toMatchObject({ code: 'ERR_H2_NO_SETTINGS', cause: { code: 'ETIMEDOUT' } })
  for (const socket of sockets) await expect.poll(() => socket.resume().destroyed).toBe(true)
})
