import { constants } from 'node:http2'
import { describe, expect, test, vi } from 'vitest'
import type { Http2Conn } from '../../src/undici/h2/http2-conn.ts'
import { by, dispatch, newDispatcher } from './support/dispatcher.ts'
import { reply, startH2Origin } from './support/h2-origin.ts'
import { frameTypes, startRawH2 } from './support/raw-h2-origin.ts'

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } =
  constants

async function* slowly(): AsyncGenerator<Buffer> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    yield Buffer.from('part')
  }
}

async function* fast(): AsyncGenerator<Buffer> {
  for (let i = 0; i < 100; i++) yield Buffer.alloc(65_536)
}

describe('a request that HTTP/2 would take, and undici does not', () => {
  test.each([
    ['/files/\u022e\u022e\u022f\u0173ecret', 'invalid request path'],
    ['/\u4e2d', 'invalid request path'],
    ['/a b', 'invalid request path'],
    ['/a\r\nx: y', 'invalid request path'],
    ['abc', 'path must be an absolute URL or start with a slash'],
    ['', 'path must be an absolute URL or start with a slash'],
  ])('is refused for its path %j', async (path, message) => {
    const seen: unknown[] = []
    const { url, ca } = await startH2Origin((stream, headers) => {
      seen.push(headers[':path'])
      reply(stream)
    })
    const dispatcher = newDispatcher({ tls: { ca } })
    // So that it is the connection that refuses, not the line.
    await dispatch(dispatcher, { origin: url, path: '/first' }).ended

    const { ended } = dispatch(dispatcher, { origin: url, path })

    await expect(ended).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG', message })
    expect(seen).toEqual(['/first'])
    expect(dispatcher.pool.stats()).toMatchObject({ open: 1, leases: 0 })
  })

  test('a header that came twice is sent as one list, as undici does', async () => {
    const { url, ca } = await startH2Origin((stream, { authorization, cookie, accept }) => {
      reply(stream, JSON.stringify({ authorization, cookie, accept }))
    })
    const dispatcher = newDispatcher({ tls: { ca } })
    const headers = [
      'Authorization',
      'a',
      'authorization',
      'b',
      'accept',
      ['c', 'd'],
      'cookie',
      'e',
    ]

    const { ended } = dispatch(dispatcher, { origin: url, headers: [...headers, 'cookie', 'f'] })

    expect(JSON.parse((await ended).body)).toEqual({
      authorization: 'a, b',
      accept: 'c, d',
      cookie: 'e; f',
    })
  })
})

describe('headersTimeout by HTTP/2 counts', () => {
  const silent = () => startRawH2(() => {})

  test.each([
    ['while the peer does not say that it wants the body', { body: 'x', expectContinue: true }],
    ['while the peer takes nothing more of the body', { body: fast() }],
    ['when all has been sent', { body: 'x' }],
  ])('%s', async (_, more) => {
    const { url, ca } = await silent()
    const dispatcher = newDispatcher({ tls: { ca }, headersTimeout: 200 })

    const { ended } = dispatch(dispatcher, { origin: url, method: 'POST', ...more })

    await expect(ended).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' })
    await expect.poll(() => dispatcher.pool.stats().leases).toBe(0)
  })

  test('for fetch, which sends all bodies in parts', async () => {
    const { url, ca } = await silent()
    const dispatcher = newDispatcher({ tls: { ca }, headersTimeout: 200 })
    const body = 'x'.repeat(1_000_000)

    const answer = fetch(url, { method: 'POST', body, ...by(dispatcher) })

    await expect(answer).rejects.toMatchObject({ cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } })
  })

  test('not while it is the body that is late', async () => {
    const { url, ca } = await startH2Origin((stream) => {
      let parts = 0
      stream.on('data', () => {
        if (++parts === 20) reply(stream)
      })
    })
    const dispatcher = newDispatcher({ tls: { ca }, headersTimeout: 100 })
    await dispatcher.pool.warm(dispatcher.targetOf(url), 1)

    const { ended } = dispatch(dispatcher, { origin: url, method: 'POST', body: slowly() })

    expect((await ended).body).toBe('ok')
  })

  test.each([2 ** 31, 10 ** 12])('and is never less than it says: %d ms', async (ms) => {
    const { url, ca } = await startH2Origin((stream) => {
      setTimeout(() => {
        stream.respond()
        setTimeout(() => stream.end('late'), 30)
      }, 30)
    })
    const dispatcher = newDispatcher({ tls: { ca }, headersTimeout: ms, bodyTimeout: ms })

    expect((await dispatch(dispatcher, { origin: url }).ended).body).toBe('late')
  })
})

describe.each(['cold', 'warm'])('a handler by HTTP/2, %s, that throws', (state) => {
  test.each(['onBodySent', 'onRequestSent'])('in %s, has failed with that', async (name) => {
    const { url, ca } = await startH2Origin((stream) => reply(stream))
    const dispatcher = newDispatcher({ tls: { ca }, connections: 1 })
    if (state === 'warm') await dispatch(dispatcher, { origin: url }).ended
    const thrown = new Error('thrown')

    const { ended } = dispatch(dispatcher, { origin: url, method: 'POST', body: 'x' }, 'new', {
      [name]() {
        throw thrown
      },
    })

    await expect(ended).rejects.toBe(thrown)
    await expect.poll(() => dispatcher.pool.stats().leases).toBe(0)
    expect((await dispatch(dispatcher, { origin: url }).ended).body).toBe('ok')
  })
})

describe('a request that was refused by HTTP/2', () => {
  test('by GOAWAYs of several sessions is sent until one takes it', async () => {
    const { url, ca, sessions } = await startRawH2(({ type, streamId }, session) => {
      if (type !== frameTypes.HEADERS) return
      if (session.number < 3) session.goaway(0)
      else session.respond(streamId)
    })
    const dispatcher = newDispatcher({ tls: { ca } })

    const { ended } = dispatch(dispatcher, { origin: url, method: 'POST', body: 'x' })

    expect((await ended).status).toBe(200)
    expect(sessions).toHaveLength(4)
  })

  test('by a reset is sent once more, whatever became of the session before that', async () => {
    const refused = new Set<number>()
    const { url, ca, sessions } = await startRawH2(({ type, streamId }, session) => {
      if (type !== frameTypes.HEADERS) return
      if (session.number === 1 && refused.size === 0) {
        refused.add(streamId)
        session.reset(streamId, NGHTTP2_REFUSED_STREAM)
      } else session.respond(streamId)
    })
    const dispatcher = newDispatcher({ tls: { ca } })
    await dispatch(dispatcher, { origin: url }).ended
    const lease = dispatcher.pool.tryAcquire(dispatcher.targetOf(url))!
    lease.release()
    // Nobody has been told of that yet: the request is the first to find it out.
    lease.conn.socket.destroy()

    const { ended } = dispatch(dispatcher, { origin: url, method: 'POST', body: 'x' })

    expect((await ended).status).toBe(200)
    expect([sessions.length, refused.size]).toEqual([2, 1])
  })

  test('by resets again and again is given up after one more try', async () => {
    let tries = 0
    const { url, ca } = await startRawH2(({ type, streamId }, session) => {
      if (type !== frameTypes.HEADERS) return
      tries++
      session.reset(streamId, NGHTTP2_REFUSED_STREAM)
    })
    const dispatcher = newDispatcher({ tls: { ca } })

    await expect(dispatch(dispatcher, { origin: url }).ended).rejects.toMatchObject({
      code: 'UND_ERR_SOCKET',
      cause: { code: 'ERR_HTTP2_STREAM_ERROR' },
    })
    expect(tries).toBe(2)
  })
})

test("an error of the peer is undici's, with Node's own as its cause", async () => {
  const { url, ca } = await startRawH2(({ type, streamId }, session) => {
    if (type === frameTypes.HEADERS) session.reset(streamId, NGHTTP2_INTERNAL_ERROR)
  })
  const dispatcher = newDispatcher({ tls: { ca } })

  await expect(dispatch(dispatcher, { origin: url }).ended).rejects.toMatchObject({
    name: 'SocketError',
    code: 'UND_ERR_SOCKET',
    cause: { code: 'ERR_HTTP2_STREAM_ERROR' },
  })
})

describe.each([
  ['that asks whether it may be sent', () => ({ body: 'x', expectContinue: true })],
  ['that never ends', () => ({ body: slowly() })],
])('the stream of a request %s', (_, more) => {
  const start = async (isAnswered: boolean) => {
    const { url, ca, sessions } = await startRawH2(({ type, streamId }, session) => {
      if (type === frameTypes.HEADERS && (isAnswered || streamId > 1)) session.respond(streamId)
    })
    const dispatcher = newDispatcher({ tls: { ca }, connections: 1, maxConcurrentStreams: 1 })
    const first = dispatch(dispatcher, { origin: url, method: 'POST', ...more() })
    /** Whether it has passed for a whole one, and with which code it was reset. */
    const reset = async (): Promise<unknown> => {
      // With one stream at a time, this one is sent when that is over.
      expect((await dispatch(dispatcher, { origin: url }).ended).status).toBe(200)
      const frames = sessions[0]!.frames.filter(({ streamId }) => streamId === 1)
      expect([sessions.length, dispatcher.pool.stats().leases]).toEqual([1, 0])
      expect(frames.filter(({ isEnd }) => isEnd)).toEqual([])
      return frames.at(-1)?.resetCode
    }
    return { first, reset, sessions }
  }

  test('is reset when the answer is complete', async () => {
    const { first, reset } = await start(true)

    expect((await first.ended).status).toBe(200)

    expect(await reset()).toBe(NGHTTP2_NO_ERROR)
  })

  test('is reset when it is aborted', async () => {
    const { first, reset, sessions } = await start(false)
    await expect.poll(() => sessions[0]?.frames.some(({ streamId }) => streamId === 1)).toBe(true)

    first.abort(new Error('not wanted'))
    await expect(first.ended).rejects.toThrow('not wanted')

    expect(await reset()).toBe(NGHTTP2_CANCEL)
  })
})

test('a session whose stream ids are used up makes room for the next one', async () => {
  const { url, ca, sessions } = await startH2Origin((stream) => reply(stream))
  const dispatcher = newDispatcher({ tls: { ca } })
  const ask = () => dispatch(dispatcher, { origin: url, method: 'POST', body: 'x' }).ended
  await ask()
  const lease = dispatcher.pool.tryAcquire(dispatcher.targetOf(url))!
  const { session } = lease.conn as Http2Conn
  // Missing in Node's types for this version.
  ;(session as unknown as { setNextStreamID(id: number): void }).setNextStreamID(2 ** 31 - 3)
  lease.release()

  for (let i = 0; i < 5; i++) expect((await ask()).body).toBe('ok')

  expect(sessions).toHaveLength(2)
  await expect.poll(() => dispatcher.pool.stats().open).toBe(1)
})

test('one who waits for room on a session keeps the process alive', async () => {
  const { url, ca, sessions } = await startRawH2(({ type, streamId }, session) => {
    if (type === frameTypes.HEADERS) session.respond(streamId)
  })
  const dispatcher = newDispatcher({ tls: { ca }, connections: 1 })
  await dispatch(dispatcher, { origin: url }).ended
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

  sessions[0]!.settings(0)
  await vi.waitFor(() => {
    expect(dispatcher.pool.tryAcquire(dispatcher.targetOf(url))).toBeUndefined()
  })
  const before = timers()
  const { ended } = dispatch(dispatcher, { origin: url })
  const meanwhile = timers()
  sessions[0]!.settings(10)

  expect((await ended).status).toBe(200)
  expect([meanwhile - before, timers() - before]).toEqual([1, 0])
})
