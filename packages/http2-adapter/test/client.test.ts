import { AsyncLocalStorage } from 'node:async_hooks'
import { getEventListeners, once } from 'node:events'
import { createReadStream } from 'node:fs'
import { constants, type ServerHttp2Stream } from 'node:http2'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { type Http2Body, Http2Client } from '../src/index.ts'
import { errorOf, get, newClient, startOrigin, text } from './support/fixtures.ts'
import { startRaw } from './support/raw-origin.ts'

const { NGHTTP2_REFUSED_STREAM } = constants

const echoBody = (stream: ServerHttp2Stream): unknown => {
  stream.respond({ ':status': 200 })
  return stream.pipe(stream)
}

test.each([false, true])('a request over TLS: %s', async (tls) => {
  const origin = await startOrigin({ tls })
  const client = newClient(tls ? { tls: { ca: (origin.target.tls as { ca: string }).ca } } : {})

  const { status, headers, stream } = await client.request(`${origin.url}/path?query`)

  expect(status).toBe(200)
  expect(headers[':status']).toBe(200)
  expect(await text(stream)).toBe('/path?query')
  await expect.poll(() => client.stats()).toMatchObject({ open: 1, idle: 1, leases: 0, streams: 0 })
})

test.each<[string, () => Http2Body]>([
  ['a string', () => 'hello'],
  ['bytes', () => Buffer.from('hello')],
  ['a stream', () => Readable.from(['hel', 'lo'])],
  ['a function that makes a string', () => () => 'hello'],
  ['a function that makes a stream', () => () => Readable.from(['hel', 'lo'])],
])('%s is sent as a body', async (_, body) => {
  const origin = await startOrigin({ onStream: echoBody })
  const client = newClient()

  const { stream } = await client.request(origin.url, {}, { body: body() })

  expect(await text(stream)).toBe('hello')
})

test.each<[string, () => Http2Body, number]>([
  ['a string', () => 'again', 2],
  ['a function', () => () => Readable.from(['again']), 2],
  ['a stream', () => Readable.from(['once']), 1],
])(
  '133, 138: of a refused stream, %s as its body is sent as often as it can be',
  async (_, body, times) => {
    const origin = await startRaw({
      onStream(session, id) {
        if (session.number === 1) session.reset(id, NGHTTP2_REFUSED_STREAM)
        else session.respond(id, true)
      },
    })

    const request = newClient().request(origin.url, {}, { body: body() })
    if (times > 1) await request
    else expect(await errorOf(request)).toMatchObject({ processed: false, streamId: 1 })

    expect(origin.sessions.flatMap(({ streams }) => streams)).toHaveLength(times)
  },
)

test('what is sent again goes before what waits already', async () => {
  const answered: string[] = []
  let streams = 0
  const origin = await startOrigin({
    settings: { maxConcurrentStreams: 1 },
    onStream(stream, headers) {
      if (++streams === 1) {
        stream.close(NGHTTP2_REFUSED_STREAM)
        return
      }
      answered.push(String(headers[':path']))
      stream.respond({ ':status': 204 }, { endStream: true })
    },
  })
  const client = newClient({ maxPerKey: 1 })

  const paths = ['/first', '/second', '/third', '/fourth']
  await Promise.all(paths.map((path) => client.request(origin.url + path)))

  expect(answered).toEqual(paths)
})

test('a place in front that is given up harms nobody', async () => {
  const origin = await startRaw({
    onSession(session) {
      session.answersPings = false
      session.settings(1)
    },
    onStream(session, id) {
      if (id === 1) session.reset(id, NGHTTP2_REFUSED_STREAM)
      else session.respond(id, true)
    },
  })
  const client = newClient({ maxPerKey: 1 })
  const abort = new AbortController()

  const first = client.request(origin.url, {}, { signal: abort.signal })
  const others = [2, 3, 4].map(() => client.request(origin.url))
  await expect.poll(() => client.stats().retries).toBe(1)
  abort.abort()
  expect(await errorOf(first)).toBe(abort.signal.reason)
  origin.sessions[0]?.answerPings()

  await Promise.all(others)
  expect(origin.sessions[0]?.streams).toHaveLength(4)
  await expect.poll(() => client.stats()).toMatchObject({ waiting: 0, leases: 0 })
})

test('a signal ends a request that waits, that is sent, and that is answered, with its reason', async () => {
  const origin = await startOrigin({
    settings: { maxConcurrentStreams: 1 },
    onStream: (stream, headers) => headers[':path'] === '/a' && stream.respond({ ':status': 200 }),
  })
  const client = newClient({ maxPerKey: 1 })
  const controllers = [1, 2, 3].map(() => new AbortController())
  const [answered, sent, waiting] = controllers.map(({ signal }) => ({ signal }))
  const reason = new Error('enough')

  const { stream } = await client.request(`${origin.url}/a`, {}, answered)
  const one = client.request(origin.url, {}, waiting)
  controllers[2]?.abort(reason)
  expect(await errorOf(one)).toBe(reason)

  controllers[0]?.abort(reason)
  expect(await errorOf(once(stream, 'end'))).toBe(reason)

  const two = client.request(origin.url, {}, sent)
  await expect.poll(() => client.stats().streams).toBe(1)
  controllers[1]?.abort(reason)
  expect(await errorOf(two)).toBe(reason)
  await expect.poll(() => client.stats()).toMatchObject({ open: 1, leases: 0, streams: 0 })
})

test('one signal ends many requests, and has one listener as long as there are any', async () => {
  const origin = await startOrigin({ onStream: (stream) => stream.respond({ ':status': 200 }) })
  const client = newClient()
  const controller = new AbortController()
  const { signal } = controller
  const listeners = () => getEventListeners(signal, 'abort').length
  const reason = new Error('shutdown')

  const requests = Array.from({ length: 20 }, () => client.request(origin.url, {}, { signal }))
  const streams = (await Promise.all(requests)).map(({ stream }) => stream)
  expect(listeners()).toBe(1)
  streams.pop()?.destroy()
  const errors = Promise.all(streams.map((stream) => errorOf(text(stream))))
  controller.abort(reason)

  expect(await errors).toEqual(Array(19).fill(reason))
  await expect.poll(() => client.stats()).toMatchObject({ leases: 0, open: 1 })
  expect(listeners()).toBe(0)
})

test('a signal that is aborted already opens nothing', async () => {
  const origin = await startOrigin()
  const signal = AbortSignal.abort('no')

  expect(await errorOf(newClient().request(origin.url, {}, { signal }))).toBe('no')
  expect(origin.accepted()).toBe(0)
})

test('a request that waits too long for a session fails as one that was not processed', async () => {
  const origin = await startOrigin({ settings: { maxConcurrentStreams: 1 }, onStream: () => {} })
  const client = newClient({ maxPerKey: 1 })
  client.request(origin.url).catch(() => {})
  await expect.poll(() => client.stats().streams).toBe(1)

  const error = await errorOf(client.request(origin.url, {}, { timeoutMs: 50 }))

  expect(error).toMatchObject({ code: 'ERR_H2_TIMEOUT', processed: false, streamId: undefined })
  expect(client.stats()).toMatchObject({ waiting: 0 })
})

test('a body that fails midway fails its request alone, with its error as the cause', async () => {
  const origin = await startOrigin({ onStream: (stream) => stream.resume() })
  const client = newClient()
  const cause = new Error('no more')
  async function* half() {
    yield 'half'
    throw cause
  }

  const error = await errorOf(client.request(origin.url, {}, { body: Readable.from(half()) }))

  expect(error).toMatchObject({ code: 'ERR_H2_REQUEST_BODY', cause, sessionId: 1, streamId: 1 })
  await expect.poll(() => client.stats()).toMatchObject({ open: 1, leases: 0, streams: 0 })
})

test('a body that fails before its request has a session fails it at once, and not the process', async () => {
  const origin = await startRaw({ onSession: () => {} })
  const client = newClient()
  const body = createReadStream('/no/such/file')

  const error = await errorOf(client.request(origin.url, {}, { body }))

  expect(error).toMatchObject({
    code: 'ERR_H2_REQUEST_BODY',
    cause: { code: 'ENOENT' },
    processed: false,
  })
  expect(client.stats()).toMatchObject({ waiting: 0 })
})

test.each<[string, Http2Body]>([
  [
    'throws',
    () => {
      throw new Error('none')
    },
  ],
  ['makes something else', (() => 7) as never],
  ['makes a stream of objects', () => Readable.from([{}])],
])('a function that %s as a body fails its request alone', async (_, body) => {
  const origin = await startOrigin({ onStream: (stream) => stream.resume() })
  const client = newClient()

  expect(await errorOf(client.request(origin.url, {}, { body }))).toMatchObject({
    code: 'ERR_H2_REQUEST_BODY',
    sessionId: 1,
  })
  await expect.poll(() => client.stats()).toMatchObject({ open: 1, leases: 0, streams: 0 })
})

test('a body whose request fails is destroyed', async () => {
  const origin = await startOrigin({ onStream: (stream) => stream.close(2) })
  const body = new Readable({ read() {} })

  await errorOf(newClient().request(origin.url, {}, { body }))

  await expect.poll(() => body.destroyed).toBe(true)
})

test('after an await, the async context is that of the caller, whoever gave the session back', async () => {
  const streams: ServerHttp2Stream[] = []
  const origin = await startOrigin({
    settings: { maxConcurrentStreams: 1 },
    onStream: (stream) => streams.push(stream),
  })
  const client = newClient({ maxPerKey: 1 })
  const storage = new AsyncLocalStorage<number>()
  const seen: [number, number | undefined][] = []
  const answers = [1, 2, 3].map((number) =>
    storage.run(number, async () => {
      const { stream } = await client.request(origin.url)
      stream.on('close', () => seen.push([number, storage.getStore()]))
      seen.push([number, storage.getStore()])
      stream.resume()
    }),
  )

  for (let sent = 1; sent <= 3; sent++) {
    await expect.poll(() => streams.length).toBe(sent)
    streams.at(-1)?.respond({ ':status': 200 })
    streams.at(-1)?.end('body')
  }
  await Promise.all(answers)
  await expect.poll(() => seen.length).toBe(6)

  expect(seen.filter(([number, store]) => number !== store)).toEqual([])
})

test('close waits for what was sent, refuses what comes, and leaves nothing open', async () => {
  const origin = await startOrigin()
  const client = new Http2Client()
  const { stream } = await client.request(origin.url)

  const closing = client.close()
  expect(await errorOf(client.request(origin.url))).toMatchObject({ code: 'ERR_POOL_CLOSED' })
  expect(await text(stream)).toBe('/')
  await closing

  await expect.poll(() => origin.sockets.size).toBe(0)
})

test('destroy ends open streams with an error', async () => {
  const origin = await startOrigin({ onStream: (stream) => stream.respond({ ':status': 200 }) })
  const client = newClient()
  const { stream } = await client.request(origin.url)

  client.destroy()

  expect(await errorOf(once(stream, 'end'))).toMatchObject({ code: 'ERR_H2_SESSION_LOST' })
  await expect.poll(() => origin.sockets.size).toBe(0)
})

test('the error of a dial reaches its request as it is', async () => {
  const origin = await startOrigin()
  origin.stop()

  expect(await errorOf(get(newClient(), origin.url))).toMatchObject({
    name: 'NetDialError',
    code: 'ECONNREFUSED',
  })
})
