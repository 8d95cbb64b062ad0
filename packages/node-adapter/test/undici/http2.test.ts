import { once } from 'node:events'
import type { ServerHttp2Stream } from 'node:http2'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { startHttpsOrigin } from '../support/https-origin.ts'
import { startTcp } from '../support/origin.ts'
import { startCuttingOrigin } from './support/cutting-origin.ts'
import { by, dispatch, newDispatcher } from './support/dispatcher.ts'
import { reply, startH2Origin } from './support/h2-origin.ts'
import { callers, undici7, undici8 } from './support/undicis.ts'

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

/** Stands before a server, and passes nothing on of its first connection as long as it is silent. */
async function startWay(port: number, isSilent: () => boolean) {
  let connections = 0
  const way = await startTcp((socket) => {
    const isFirst = connections++ === 0
    const on = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [socket, on],
      [on, socket],
    ] as const) {
      from.on('error', () => {}).on('close', () => to.destroy())
      from.on('data', (data) => {
        if (!isFirst || !isSilent()) to.write(data)
      })
    }
  })
  return { url: `https://127.0.0.1:${way.port}`, opened: () => connections }
}

for (const { name, fetch, request } of callers) {
  describe.skipIf((fetch ?? request) === undefined)(`HTTP/2 ${name}`, () => {
    test('a cold burst of 100 takes one connection', async () => {
      const { url, ca, sessions } = await startH2Origin((stream, headers) => {
        reply(stream, String(headers[':path']))
      })
      // A dial on a busy machine may be slower than what others wait for it by default.
      const dispatcher = newDispatcher({ tls: { ca }, hedgeMs: 20_000 })
      const texts = await Promise.all(
        many(100, async (i) => (await fetch!(`${url}/${i}`, by(dispatcher))).text()),
      )
      expect(texts).toEqual(many(100, (i) => `/${i}`))
      expect(sessions).toHaveLength(1)
      expect(dispatcher.pool.stats()).toMatchObject({ open: 1, leases: 0, dialing: 0 })
    })

    test('bodies of all kinds go out and come in', async () => {
      const { url, ca } = await startH2Origin(async (stream, headers) => {
        const body = (await stream.toArray()).join('')
        stream.respond({ ':status': 201, 'x-length': headers['content-length'] ?? 'none' })
        stream.end(`${headers[':method']} ${body}`)
      })
      const dispatcher = newDispatcher({ tls: { ca } })
      const bodies = {
        text: 'text',
        bytes: new TextEncoder().encode('bytes'),
        blob: new Blob(['blob'], { type: 'text/plain' }),
        parameters: new URLSearchParams({ q: '1' }),
        stream: Readable.toWeb(Readable.from([Buffer.from('a '), Buffer.from('stream')])),
      }
      for (const body of Object.values(bodies)) {
        const init = { ...by(dispatcher), method: 'POST', body, duplex: 'half' }
        const response = await fetch!(url, init as never)
        expect(response.status).toBe(201)
        expect(await response.text()).toMatch(/^POST (text|bytes|blob|q=1|a stream)$/)
      }
    })
  })
}

test('a server that speaks HTTP/1.1 only has its burst dialed, and remembered', async () => {
  const origin = await startHttpsOrigin((req, res) => res.end(req.url))
  const dispatcher = newDispatcher({ tls: { ca: origin.cert } })
  const url = `https://127.0.0.1:${origin.port}`
  const ended = await Promise.all(
    many(20, (i) => dispatch(dispatcher, { origin: url, path: `/${i}` }).ended),
  )
  expect(ended.map(({ body }) => body)).toEqual(many(20, (i) => `/${i}`))
  expect(dispatcher.pool.stats().leases).toBe(0)

  // when nothing is open any more, each of the next ones has its own dial at once
  dispatcher.pool.closeIdle()
  const next = many(5, () => dispatch(dispatcher, { origin: url }))
  expect(dispatcher.pool.stats()).toMatchObject({ dialing: 5, waiting: 5 })
  await Promise.all(next.map((one) => one.ended))
})

test('a form, a blob and an iterable go out as undici sends them', async () => {
  const { url, ca } = await startH2Origin(async (stream, headers) => {
    const body = (await stream.toArray()).join('')
    reply(stream, `${headers['content-type']} ${headers['content-length']} ${body}`)
  })
  const dispatcher = newDispatcher({ tls: { ca } })
  const send = async (body: unknown, more = {}): Promise<string> =>
    (await dispatch(dispatcher, { origin: url, method: 'PUT', body, ...more }).ended).body
  const form = new FormData()
  form.append('field', 'value')
  expect(await send(form)).toMatch(/^multipart\/form-data; boundary=.* undefined .*name="field"/s)
  for (const undici of [undici7, undici8]) {
    const other = new (undici ?? undici7).FormData()
    other.append('file', new Blob(['of undici']), 'name.txt')
    expect(await send(other)).toMatch(/^multipart\/form-data; .*filename="name.txt".*of undici/s)
  }
  expect(await send(new Blob(['blob'], { type: 'text/x' }))).toBe('text/x 4 blob')
  expect(await send(['a', 'b'])).toBe('undefined undefined ab')
  expect(await send(null)).toBe('undefined 0 ')
  const short = dispatch(dispatcher, {
    origin: url,
    method: 'PUT',
    body: ['a'],
    headers: { 'content-length': '2' },
  })
  await expect(short.ended).rejects.toMatchObject({ code: 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH' })
  const broken = new Error('broken')
  const fails = Readable.from(
    (function* () {
      yield 'a'
      throw broken
    })(),
  )
  await expect(send(fails)).rejects.toBe(broken)
})

test('allowH2: false offers HTTP/1.1 alone, for all requests or for one', async () => {
  const { url, ca, server } = await startH2Origin((stream) => reply(stream), { allowHTTP1: true })
  server.on('request', (req, res) => {
    if (req.httpVersion === '1.1') res.end('1.1')
  })
  const without = newDispatcher({ tls: { ca }, allowH2: false })
  expect((await dispatch(without, { origin: url }).ended).body).toBe('1.1')
  const dispatcher = newDispatcher({ tls: { ca } })
  expect((await dispatch(dispatcher, { origin: url, allowH2: false }).ended).body).toBe('1.1')
  expect((await dispatch(dispatcher, { origin: url }).ended).body).toBe('ok')
})

test('more requests than the server takes at once have a second session', async () => {
  const waiting: ServerHttp2Stream[] = []
  const { url, ca, sessions } = await startH2Origin((stream) => waiting.push(stream), {
    settings: { maxConcurrentStreams: 3 },
  })
  const dispatcher = newDispatcher({ tls: { ca } })
  const sent = many(5, () => dispatch(dispatcher, { origin: url }))
  await expect.poll(() => waiting.length).toBe(5)
  expect(sessions).toHaveLength(2)
  for (const stream of waiting) reply(stream)
  await Promise.all(sent.map((one) => one.ended))
})

test('after GOAWAY what was accepted goes on, and what was not is sent on another session', async () => {
  const accepted: ServerHttp2Stream[] = []
  const paths: string[] = []
  const { url, ca, sessions } = await startH2Origin((stream, headers) => {
    paths.push(String(headers[':path']))
    if (headers[':path'] === '/long') accepted.push(stream)
    else reply(stream)
  })
  const dispatcher = newDispatcher({ tls: { ca } })
  const long = dispatch(dispatcher, { origin: url, path: '/long' })
  await expect.poll(() => accepted.length).toBe(1)
  accepted[0]!.respond({ ':status': 200 })
  accepted[0]!.write('a')

  // when the server says goodbye in the middle, and another request comes
  sessions[0]!.goaway(0, accepted[0]!.id)
  const posts = many(3, () => dispatch(dispatcher, { origin: url, method: 'POST', body: 'x' }))
  await Promise.all(posts.map(({ ended }) => ended))
  accepted[0]!.end('b')

  expect(await long.ended).toEqual({ status: 200, body: 'ab' })
  expect(sessions).toHaveLength(2)
  expect(paths.filter((path) => path === '/')).toHaveLength(3)
  await expect.poll(() => dispatcher.pool.stats()).toMatchObject({ open: 1, leases: 0 })
})

test('a stream that the server refuses is sent again, once', async () => {
  let refusals = 0
  const { url, ca } = await startH2Origin((stream, headers) => {
    const isRefused = headers[':path'] === '/never' || refusals === 0
    if (isRefused) {
      refusals++
      stream.close(7)
    } else reply(stream)
  })
  const dispatcher = newDispatcher({ tls: { ca } })
  const { ended, calls } = dispatch(dispatcher, { origin: url, method: 'POST', body: 'x' })
  expect((await ended).body).toBe('ok')
  expect(calls).toEqual(['start', 'head', 'data', 'end'])
  refusals = 0
  await expect(dispatch(dispatcher, { origin: url, path: '/never' }).ended).rejects.toThrow()
  expect(refusals).toBe(2)
  expect(dispatcher.pool.stats()).toMatchObject({ open: 1, leases: 0 })
})

test('a body that is cut off by a reset is an error, never a clean end', async () => {
  const codes = [0, 1, 2, 8, 11]
  const { url, ca } = await startCuttingOrigin(codes)
  const dispatcher = newDispatcher({ tls: { ca } })
  for (const _ of codes) {
    const { ended, calls } = dispatch(dispatcher, { origin: url })
    await expect(ended).rejects.toThrow()
    expect(calls.slice(0, 2)).toEqual(['start', 'head'])
    expect(calls).not.toContain('end')
  }
  await expect.poll(() => dispatcher.pool.stats().leases).toBe(0)
})

test('a session that dies fails its requests, but those that can are sent again', async () => {
  let left = 2
  const origin = await startH2Origin((stream, headers) => {
    if (headers[':path'] === '/first' || left === 0) reply(stream)
    else if (--left === 0) for (const socket of origin.sockets) socket.destroy()
  })
  const dispatcher = newDispatcher({ tls: { ca: origin.ca } })
  await dispatch(dispatcher, { origin: origin.url, path: '/first' }).ended
  const post = dispatch(dispatcher, { origin: origin.url, method: 'POST', body: 'x' })
  const get = dispatch(dispatcher, { origin: origin.url })
  await expect(post.ended).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' })
  expect((await get.ended).body).toBe('ok')
})

test('what is only for information, trailers and an empty body come through', async () => {
  const { url, ca } = await startH2Origin((stream, headers) => {
    if (headers[':method'] === 'HEAD') {
      stream.respond({ ':status': 204 }, { endStream: true })
      return
    }
    stream.additionalHeaders({ ':status': 103, link: '</style.css>' })
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '42' }))
    stream.end('body')
  })
  const dispatcher = newDispatcher({ tls: { ca } })
  const statuses: [number, object][] = []
  const { ended } = dispatch(dispatcher, { origin: url }, 'new', {
    onResponseStart: (_: unknown, status: number, headers: object) => {
      statuses.push([status, headers])
    },
  })
  await ended
  expect(statuses.map(([status]) => status)).toEqual([103, 200])
  expect(statuses[0]![1]).toEqual({ link: '</style.css>' })
  const { body, trailers } = await undici7.request(url, by(dispatcher))
  await body.dump()
  expect(trailers).toEqual({ 'x-sum': '42' })
  const head = dispatch(dispatcher, { origin: url, method: 'HEAD' })
  expect(await head.ended).toEqual({ status: 204, body: '' })
})

test('an abort resets the stream and leaves the session to the others', async () => {
  const streams: ServerHttp2Stream[] = []
  const { url, ca, sessions } = await startH2Origin((stream) => streams.push(stream))
  const dispatcher = newDispatcher({ tls: { ca } })
  const stop = new Error('stop')
  const first = dispatch(dispatcher, { origin: url })
  const second = dispatch(dispatcher, { origin: url })
  await expect.poll(() => streams.length).toBe(2)
  first.abort(stop)
  await expect(first.ended).rejects.toBe(stop)
  await once(streams[0]!, 'close')
  expect(streams[0]!.rstCode).toBe(8)
  reply(streams[1]!)
  expect((await second.ended).body).toBe('ok')
  expect(sessions).toHaveLength(1)
  await expect.poll(() => dispatcher.pool.stats().leases).toBe(0)
})

test('timeouts and a size that is too large end the request alone', async () => {
  const { url, ca, sessions } = await startH2Origin((stream, headers) => {
    if (headers[':path'] === '/silent') return
    stream.respond({ ':status': 200 })
    stream.write('123456789')
    if (headers[':path'] === '/long') stream.end('0')
  })
  const dispatcher = newDispatcher({ tls: { ca }, maxResponseSize: 9 })
  const silent = dispatch(dispatcher, { origin: url, path: '/silent', headersTimeout: 50 })
  await expect(silent.ended).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' })
  const stuck = dispatch(dispatcher, { origin: url, path: '/stuck', bodyTimeout: 50 })
  await expect(stuck.ended).rejects.toMatchObject({ code: 'UND_ERR_BODY_TIMEOUT' })
  const long = dispatch(dispatcher, { origin: url, path: '/long' })
  await expect(long.ended).rejects.toMatchObject({ code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' })
  expect(sessions).toHaveLength(1)
  await expect.poll(() => dispatcher.pool.stats().leases).toBe(0)
})

test('what nobody may be sent fails its request, and no other', async () => {
  const streams: ServerHttp2Stream[] = []
  const { url, ca, sessions } = await startH2Origin((stream) => streams.push(stream))
  const dispatcher = newDispatcher({ tls: { ca } })
  const other = dispatch(dispatcher, { origin: url })
  await expect.poll(() => streams.length).toBe(1)
  for (const options of [
    { headers: { 'bad name': 'x' } },
    { headers: { 'x-bad': 'a\nb' } },
    { headers: { 'transfer-encoding': 'x' } },
    { headers: { te: 'gzip' } },
    { headers: ['odd'] },
    { headers: { 'content-length': 'x' } },
    { method: 'NO METHOD' },
    { method: 'POST', body: 5 },
    { headersTimeout: -1 },
    { bodyTimeout: '1' },
    { expectContinue: 1 },
    { reset: 1 },
  ]) {
    const { ended } = dispatch(dispatcher, { origin: url, ...options })
    await expect(ended).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
  }
  reply(streams[0]!)
  expect((await other.ended).body).toBe('ok')
  expect([streams.length, sessions.length]).toEqual([1, 1])
})

test('a length that is not true fails its request, and no other', async () => {
  const lengths: (string | undefined)[] = []
  const { url, ca, sessions } = await startH2Origin((stream, headers) => {
    lengths.push(headers['content-length'])
    reply(stream)
  })
  const strict = newDispatcher({ tls: { ca } })
  const options = (body: unknown, length: string): object => {
    return { origin: url, method: 'POST', body, headers: { 'content-length': length } }
  }
  for (const [body, length] of [
    ['abc', '2'],
    ['abc', '4'],
    [new Blob(['abc']), '2'],
  ] as const) {
    const { ended } = dispatch(strict, options(body, length))
    await expect(ended).rejects.toMatchObject({ code: 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH' })
  }
  await dispatch(strict, options('abc', '3')).ended
  await dispatch(strict, options('', '3')).ended
  expect(sessions).toHaveLength(1)

  // and where nobody is strict, it is put right, or left out where it cannot be known
  const lax = newDispatcher({ tls: { ca }, strictContentLength: false })
  await dispatch(lax, options('abc', '2')).ended
  await dispatch(lax, options(['a', 'b'], '1')).ended
  expect(sessions).toHaveLength(2)
  expect(lengths).toEqual(['3', '0', '3', undefined])
})

test('a session that falls silent is given up, and what may be sent again is', async () => {
  const origin = await startH2Origin((stream) => reply(stream))
  let isSilent = false
  const way = await startWay(origin.port, () => isSilent)
  const dispatcher = newDispatcher({ tls: { ca: origin.ca }, pingInterval: 100 })
  await dispatch(dispatcher, { origin: way.url }).ended

  isSilent = true
  const get = dispatch(dispatcher, { origin: way.url })
  const post = dispatch(dispatcher, { origin: way.url, method: 'POST', body: 'x' })
  await expect(post.ended).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' })
  expect((await get.ended).body).toBe('ok')
  expect(way.opened()).toBe(2)
})

test('a session that only takes long is left alone, for it answers', async () => {
  const streams: ServerHttp2Stream[] = []
  const { url, ca, sessions } = await startH2Origin((stream) => streams.push(stream))
  const dispatcher = newDispatcher({ tls: { ca }, pingInterval: 50 })
  const { ended } = dispatch(dispatcher, { origin: url })
  await expect.poll(() => streams.length).toBe(1)
  let pings = 0
  await new Promise<void>((resolve) => {
    sessions[0]!.on('ping', () => {
      if (++pings === 3) resolve()
    })
  })
  reply(streams[0]!)
  expect((await ended).body).toBe('ok')
  expect(sessions).toHaveLength(1)
})
