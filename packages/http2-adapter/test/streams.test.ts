import { once } from 'node:events'
import { type ClientHttp2Stream, constants } from 'node:http2'
import { PassThrough, Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { errorOf, newClient, text } from './support/fixtures.ts'
import { frameTypes, type RawSession, startRaw } from './support/raw-origin.ts'

const {
  NGHTTP2_CANCEL,
  NGHTTP2_INTERNAL_ERROR,
  NGHTTP2_NO_ERROR,
  NGHTTP2_REFUSED_STREAM,
  NGHTTP2_ENHANCE_YOUR_CALM,
} = constants

test.each<[string, (session: RawSession, id: number) => unknown]>([
  ['the end of its connection', (session) => session.socket.end()],
  ['a reset of its connection', (session) => session.socket.resetAndDestroy()],
  ['RST_STREAM(CANCEL)', (session, id) => session.reset(id, NGHTTP2_CANCEL)],
  ['RST_STREAM(NO_ERROR)', (session, id) => session.reset(id, NGHTTP2_NO_ERROR)],
  ['RST_STREAM(INTERNAL_ERROR)', (session, id) => session.reset(id, NGHTTP2_INTERNAL_ERROR)],
  ['RST_STREAM(REFUSED_STREAM)', (session, id) => session.reset(id, NGHTTP2_REFUSED_STREAM)],
])('a body that %s cuts off ends with an error, never as if it were complete', async (_, cut) => {
  const origin = await startRaw({
    onStream(session, id) {
      session.respond(id)
      session.data(id, 'the first half')
    },
  })
  const { stream } = await newClient().request(origin.url)
  let ended = false
  stream.on('end', () => (ended = true)).resume()
  await once(stream, 'data')

  cut(origin.sessions[0]!, 1)
  const [error] = await once(stream, 'error')

  expect(error).toMatchObject({ name: 'Http2Error', sessionId: 1, streamId: 1, processed: true })
  await expect.poll(() => stream.destroyed).toBe(true)
  expect(ended).toBe(false)
})

test('a cut that comes with the headers is seen by whoever awaited them', async () => {
  const origin = await startRaw({
    onStream(session, id) {
      session.socket.cork()
      session.respond(id)
      session.data(id, 'half')
      session.reset(id, NGHTTP2_CANCEL)
      session.socket.uncork()
    },
  })

  const { stream } = await newClient().request(origin.url)

  expect(await errorOf(once(stream, 'end'))).toMatchObject({ code: 'ERR_H2_STREAM_RESET' })
})

test('the end of a response without a body is heard by whoever awaited its headers', async () => {
  const origin = await startRaw({ onStream: (session, id) => session.respond(id, true) })
  const client = newClient()

  const { stream, status } = await client.request(origin.url)
  await Promise.all([once(stream, 'end'), once(stream, 'close')])

  expect(status).toBe(200)
  expect(client.stats()).toMatchObject({ leases: 0, streams: 0 })
})

test.each(['', 'hello'])(
  'trailers that come with headers and body %j are heard, before the end',
  async (body) => {
    const origin = await startRaw({
      onStream(session, id) {
        session.socket.cork()
        session.respond(id)
        if (body !== '') session.data(id, body)
        session.trailers(id)
        session.socket.uncork()
      },
    })
    const { stream } = await newClient().request(origin.url)
    const told: unknown[] = []
    stream.on('trailers', (trailers) => told.push(trailers['grpc-status']))
    stream.on('end', () => told.push('end'))

    expect(await text(stream)).toBe(body)
    expect(told).toEqual(['0', 'end'])
  },
)

test('a refused stream is sent again once, and not a second time', async () => {
  const origin = await startRaw({
    onStream: (session, id) => session.reset(id, NGHTTP2_REFUSED_STREAM),
  })
  const client = newClient()

  const error = await errorOf(client.request(origin.url))

  expect(error).toMatchObject({
    code: 'ERR_H2_STREAM_RESET',
    rstCode: NGHTTP2_REFUSED_STREAM,
    processed: false,
    sessionId: 2,
    streamId: 1,
  })
  expect(origin.sessions.map(({ streams }) => streams)).toEqual([[1], [1]])
  expect(client.stats()).toMatchObject({ retries: 1, leases: 0 })
})

test('a refused stream is sent again on another session', async () => {
  const origin = await startRaw({
    onStream(session, id) {
      if (session.number === 1) session.reset(id, NGHTTP2_REFUSED_STREAM)
      else session.respond(id, true)
    },
  })
  const client = newClient()

  expect((await client.request(origin.url)).status).toBe(200)
  expect(origin.sessions.map(({ streams }) => streams)).toEqual([[1], [1]])
  await expect.poll(() => client.stats()).toMatchObject({ open: 2, leases: 0 })
})

test('where there may be no other session, a refused stream waits for its peer to answer a ping', async () => {
  const origin = await startRaw({
    onStream(session, id) {
      session.answersPings = false
      if (id === 1) session.reset(id, NGHTTP2_REFUSED_STREAM)
      else session.respond(id, true)
    },
  })
  const client = newClient({ maxPerKey: 1 })

  const request = client.request(origin.url)
  const pings = () => origin.sessions[0]?.received.filter(({ type }) => type === frameTypes.ping)
  await expect.poll(pings).toHaveLength(1)
  expect(client.stats()).toMatchObject({ retries: 1, waiting: 1, streams: 0 })
  origin.sessions[0]?.answerPings()

  expect((await request).status).toBe(200)
  expect(origin.sessions.map(({ streams }) => streams)).toEqual([[1, 3]])
})

test('140: a peer that never takes a stream is asked eight times, each on a session of its own', async () => {
  const origin = await startRaw({ onStream: (session) => session.goaway(0) })

  const error = await errorOf(newClient().request(origin.url))

  expect(error).toMatchObject({ code: 'ERR_H2_GOAWAY', processed: false, sessionId: 8 })
  expect(origin.sessions.map(({ streams }) => streams)).toEqual(Array(8).fill([1]))
})

test('140: the first stream of a session that ends with an error is not sent again', async () => {
  const origin = await startRaw({
    onStream: (session) => session.goaway(0, NGHTTP2_ENHANCE_YOUR_CALM),
  })

  const error = await errorOf(newClient().request(origin.url))

  expect(error).toMatchObject({ name: 'Http2Error', processed: false })
  expect(origin.sessions.length).toBe(1)
})

test.each([NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR])(
  'a request reset with code %i may have been processed, and is not sent again',
  async (code) => {
    const origin = await startRaw({ onStream: (session, id) => session.reset(id, code) })

    const error = await errorOf(newClient().request(origin.url))

    expect(error).toMatchObject({
      code: 'ERR_H2_STREAM_RESET',
      processed: undefined,
      rstCode: code,
    })
    expect(origin.sessions[0]?.streams).toEqual([1])
  },
)

test('131, 134, 135: a request whose connection ends without GOAWAY is not sent again', async () => {
  const origin = await startRaw({ onStream: (session) => session.socket.destroy() })

  const error = await errorOf(newClient().request(origin.url))

  expect(error).toMatchObject({ code: 'ERR_H2_SESSION_LOST', streamId: 1, processed: undefined })
  expect(origin.sessions.length).toBe(1)
})

test('117: a stream above the last id is sent again even if the connection ends with its GOAWAY', async () => {
  const origin = await startRaw({
    onStream(session, id) {
      if (session.number === 2) return session.respond(id, true)
      session.goaway(0)
      session.socket.end()
    },
  })

  expect((await newClient().request(origin.url)).status).toBe(200)
})

test.each<[string, (stream: ClientHttp2Stream) => Promise<unknown>]>([
  ['for await', text],
  ['pipeline', (stream) => pipeline(stream, new PassThrough().resume())],
  ['finished', (stream) => finished(stream.resume(), { writable: false })],
])('a body that has come before anybody reads it can be read by %s', async (_, readAll) => {
  const origin = await startRaw({
    onStream(session, id) {
      session.respond(id)
      session.data(id, 'hello', true)
    },
  })
  const client = newClient()
  const { stream } = await client.request(origin.url)
  await expect.poll(() => stream.readableLength).toBe(5)
  await expect.poll(() => Boolean(stream.closed)).toBe(true)

  await readAll(stream)

  await expect.poll(() => client.stats().leases).toBe(0)
  expect(stream.closed).toBe(true)
})

test('a stream that is closed unread ends its lease', async () => {
  const origin = await startRaw({
    onStream(session, id) {
      session.respond(id)
      session.data(id, 'hello', true)
    },
  })
  const client = newClient()
  const [one, two] = [await client.request(origin.url), await client.request(origin.url)]
  await expect.poll(() => two.stream.readableLength).toBe(5)

  one.stream.close()
  two.stream.destroy()

  await expect.poll(() => client.stats()).toMatchObject({ leases: 0, streams: 0, open: 1 })
})

test('an answer that is complete before its request is can be read after the connection, and nothing is left', async () => {
  const origin = await startRaw({
    onStream(session, id) {
      session.respond(id)
      session.data(id, 'enough', true)
    },
  })
  const client = newClient()
  const body = new Readable({ read() {} })
  const { stream } = await client.request(origin.url, {}, { body })
  await expect.poll(() => stream.readableLength).toBe(6)

  origin.sessions[0]?.socket.destroy()
  await expect.poll(() => client.stats().open).toBe(0)

  expect(await text(stream)).toBe('enough')
  await expect.poll(() => client.stats()).toMatchObject({ leases: 0, streams: 0, sessions: [] })
  expect(body.destroyed).toBe(true)
})
