import { once } from 'node:events'
import { constants, type ServerHttp2Stream } from 'node:http2'
import { expect, test } from 'vitest'
import { errorOf, newClient, newPool, read, startOrigin, text } from './support/fixtures.ts'
import type { H2Origin } from './support/h2-origin.ts'
import { startRaw } from './support/raw-origin.ts'

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_NO_ERROR } = constants

test.each([
  ['a graceful GOAWAY', NGHTTP2_NO_ERROR],
  ['a GOAWAY with an error', NGHTTP2_ENHANCE_YOUR_CALM],
])('%s lets accepted streams finish, and then closes the session', async (_, code) => {
  const streams: ServerHttp2Stream[] = []
  const origin = await startOrigin({ onStream: (stream) => streams.push(stream) })
  const pool = newPool()
  const lease = await pool.acquire(origin.target)
  const answer = read(lease.conn.request({ ':path': '/' }))
  await expect.poll(() => streams.length).toBe(1)

  origin.session().goaway(code)
  await once(lease.conn, 'goaway')
  expect(pool.stats()).toMatchObject({ open: 1, leases: 1 })
  streams[0]?.respond({ ':status': 200 })
  streams[0]?.end('answered')

  expect(await answer).toEqual({ status: 200, body: 'answered' })
  lease.release()
  expect(pool.stats()).toMatchObject({ open: 0, totals: { closed: { drained: 1 } } })
  await expect.poll(() => lease.conn.destroyed).toBe(true)
})

test('nobody gets a session in the tick in which its GOAWAY is seen, though Node calls it open', async () => {
  const origin = await startOrigin()
  const pool = newPool()
  const lease = await pool.acquire(origin.target)
  const seen = { closed: true, got: false }
  lease.conn.on('goaway', () => {
    seen.closed = lease.conn.closed
    seen.got = pool.tryAcquire(origin.target) !== undefined
  })

  origin.session().goaway()
  await once(lease.conn, 'goaway')

  expect(seen).toEqual({ closed: false, got: false })
  expect(() => lease.conn.request({})).toThrow(expect.objectContaining({ code: 'ERR_H2_GOAWAY' }))
})

test('123: a want that waits for room gets another session as soon as GOAWAY comes', async () => {
  const origin = await startOrigin({ settings: { maxConcurrentStreams: 1 } })
  const pool = newPool()
  const lease = await pool.acquire(origin.target)
  const next = pool.acquire(origin.target)

  origin.session().goaway()

  expect((await next).conn).not.toBe(lease.conn)
})

test('an idle session that gets GOAWAY leaves the pool at once, and nothing is dialed', async () => {
  const origin = await startOrigin()
  const pool = newPool()
  const lease = await pool.acquire(origin.target)
  lease.release()

  origin.session().goaway()

  await expect.poll(() => pool.stats().open).toBe(0)
  await expect.poll(() => lease.conn.destroyed).toBe(true)
  expect(origin.accepted()).toBe(1)
})

test('140: streams above the last id of GOAWAY are sent again on another session', async () => {
  let isFirst = true
  const origin = await startOrigin({
    onStream(stream, headers, session) {
      if (isFirst && stream.id === 3) {
        isFirst = false
        session.goaway(NGHTTP2_NO_ERROR, 1)
        return
      }
      if (stream.id === 1 && isFirst) return
      stream.respond({ ':status': 200 })
      stream.end(String(headers[':path']))
    },
  })
  const client = newClient()
  const held = client.request(`${origin.url}/held`)
  held.catch(() => {})

  const { stream } = await client.request(
    `${origin.url}/again`,
    {},
    { body: 'resent', method: 'POST' },
  )

  expect(await text(stream)).toBe('/again')
  expect(client.stats()).toMatchObject({ retries: 1 })
  expect(origin.accepted()).toBe(2)
})

test('a session that comes with GOAWAY costs its requests nothing but another one', async () => {
  const origin = await startRaw({
    onSession(session) {
      session.socket.cork()
      session.settings()
      if (session.number === 1) session.goaway(0)
      session.socket.uncork()
      if (session.number === 1) session.socket.end()
    },
    onStream: (session, id) => session.respond(id, true),
  })
  const client = newClient()

  const answers = await Promise.all([1, 2, 3].map(() => client.request(origin.url)))

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(origin.sessions).toHaveLength(2)
})

test('a stream equal to the last id may have been processed, and is not sent again', async () => {
  const origin = await startOrigin({
    onStream(stream, _headers, session) {
      session.goaway(NGHTTP2_NO_ERROR, stream.id)
      setImmediate(() => session.destroy())
    },
  })
  const client = newClient()

  const error = await errorOf(client.request(origin.url))

  expect(error).toMatchObject({
    name: 'Http2Error',
    sessionId: 1,
    streamId: 1,
    processed: undefined,
  })
  expect(client.stats()).toMatchObject({ retries: 0 })
  expect(origin.accepted()).toBe(1)
})

test('140: a server that turns every session away with an error gets each request once', async () => {
  const origin = await startOrigin({
    onStream: (_stream, _headers, session) => {
      session.goaway(NGHTTP2_ENHANCE_YOUR_CALM, -1)
      session.destroy()
    },
  })
  const client = newClient()

  await errorOf(client.request(origin.url))

  expect(origin.accepted()).toBe(1)
})

test.each([
  ['its connection has ended', (origin: H2Origin) => [...origin.sockets][0]?.end()],
  ['its connection was reset', (origin: H2Origin) => [...origin.sockets][0]?.resetAndDestroy()],
])('a body that has come as a whole can be read after %s', async (_, end) => {
  const body = 'x'.repeat(200_000)
  const origin = await startOrigin({
    onStream(stream) {
      stream.respond({ ':status': 200 })
      stream.end(body)
    },
  })
  const client = newClient()
  const { stream } = await client.request(origin.url)
  await expect.poll(() => stream.readableLength).toBe(body.length)

  end(origin)
  await expect.poll(() => client.stats().open).toBe(0)

  expect((await text(stream)).length).toBe(body.length)
  await expect.poll(() => client.stats()).toMatchObject({ leases: 0, streams: 0, sessions: [] })
})
