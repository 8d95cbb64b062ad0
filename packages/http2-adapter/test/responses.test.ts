import { once } from 'node:events'
import type { ClientHttp2Stream, ServerHttp2Stream } from 'node:http2'
import { expect, onTestFinished, test } from 'vitest'
import { errorOf, get, newClient, newPool, startOrigin, text } from './support/fixtures.ts'
import { startRaw } from './support/raw-origin.ts'

test('informational responses come before the one that a request resolves with', async () => {
  const origin = await startOrigin({
    onStream(stream) {
      stream.additionalHeaders({ ':status': 103, link: '</style.css>; rel=preload' })
      stream.respond({ ':status': 200 })
      stream.end('hello')
    },
  })

  const { status, headers, stream } = await newClient().request(origin.url)

  expect(status).toBe(200)
  expect(headers['link']).toBe(undefined)
  expect(await text(stream)).toBe('hello')
})

test('the response to HEAD has no body, whatever length it tells', async () => {
  const origin = await startOrigin({
    onStream(stream) {
      stream.respond({ ':status': 200, 'content-length': 1_000 }, { endStream: true })
    },
  })
  const client = newClient()

  const { headers, stream } = await client.request(origin.url, {}, { method: 'HEAD' })

  expect(headers['content-length']).toBe('1000')
  expect(await text(stream)).toBe('')
  await expect.poll(() => client.stats()).toMatchObject({ open: 1, leases: 0 })
})

test.each<[string, (stream: ServerHttp2Stream) => void]>([
  [
    'more header fields than Node takes',
    (stream) => {
      const many = Array.from({ length: 200 }, (_, i) => [`x-${i}`, '1'])
      stream.respond({ ':status': 200, ...Object.fromEntries(many) }, { endStream: true })
    },
  ],
  [
    'a body that is shorter than its content-length',
    (stream) => {
      stream.respond({ ':status': 200, 'content-length': 10 })
      stream.end('short')
    },
  ],
])('a response with %s fails its request alone', async (_, respond) => {
  const origin = await startOrigin({
    onStream(stream, headers) {
      if (headers[':path'] === '/bad') respond(stream)
      else stream.respond({ ':status': 204 }, { endStream: true })
    },
  })
  const client = newClient()

  expect(await errorOf(get(client, `${origin.url}/bad`))).toMatchObject({
    code: 'ERR_H2_STREAM_RESET',
    sessionId: 1,
  })
  expect(await get(client, `${origin.url}/good`)).toBe('')
  expect(origin.accepted()).toBe(1)
})

test('bodies that nobody reads hold up no other stream of their session', async () => {
  const window = 100_000
  const origin = await startOrigin({
    onStream(stream, headers) {
      stream.respond({ ':status': 200 })
      stream.end(headers[':path'] === '/big' ? Buffer.alloc(3 * window) : 'small')
    },
  })
  const client = newClient({
    settings: { initialWindowSize: window },
    sessionWindowSize: 2 * window,
  })

  const unread = await Promise.all(
    Array.from({ length: 10 }, () => client.request(`${origin.url}/big`)),
  )
  const received = () => unread.map(({ stream }) => stream.readableLength)
  await expect.poll(received).toEqual(Array(10).fill(window))

  expect(await get(client, `${origin.url}/small`)).toBe('small')
  const bodies = await Promise.all(unread.map(({ stream }) => text(stream)))
  expect(bodies.map(({ length }) => length)).toEqual(Array(10).fill(3 * window))
  expect(origin.accepted()).toBe(1)
})

test('CONNECT goes over a leased session', async () => {
  const origin = await startOrigin({
    onStream(stream, headers) {
      stream.respond({ ':status': headers[':method'] === 'CONNECT' ? 200 : 400 })
      stream.pipe(stream)
    },
  })
  const pool = newPool()
  const lease = await pool.acquire(origin.target)

  const tunnel = lease.conn.request({ ':method': 'CONNECT', ':authority': 'example.com:22' })
  tunnel.once('close', () => lease.release())
  const [headers] = await once(tunnel, 'response')
  tunnel.end('there and back')

  expect(headers[':status']).toBe(200)
  expect(await text(tunnel)).toBe('there and back')
  await expect.poll(() => pool.stats()).toMatchObject({ idle: 1, leases: 0 })
})

test('hundreds of requests, one after the other and at once, leave no listener on their session', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error): unknown => warnings.push(warning)
  process.on('warning', onWarning)
  onTestFinished(() => void process.off('warning', onWarning))
  const origin = await startRaw({ onStream: (session, id) => session.respond(id, true) })
  const client = newClient({ pingIntervalMs: 50 })
  await get(client, origin.url)
  const lease = client.pool.tryAcquire({ host: '127.0.0.1', port: origin.port })!
  const session = lease.conn
  lease.release()
  const listeners = (): number[] =>
    [session, session.socket].map((emitter) =>
      emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0),
    )
  const before = listeners()

  const streams: ClientHttp2Stream[] = []
  for (let round = 0; round < 20; round++) {
    const all = Array.from({ length: 25 }, () => client.request(origin.url))
    for (const { stream } of await Promise.all(all)) streams.push(stream.resume())
  }
  await expect.poll(() => streams.every(({ destroyed }) => destroyed)).toBe(true)

  expect(listeners()).toEqual(before)
  expect(warnings).toEqual([])
})
