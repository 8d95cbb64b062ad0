import { constants } from 'node:http2'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Http2Body } from '../src/index.ts'
import { newClient, startOrigin, text } from './support/fixtures.ts'
import { frameTypes, startRaw } from './support/raw-origin.ts'

const { NGHTTP2_NO_ERROR } = constants
const megabyte = 2 ** 20

async function* endless(): AsyncGenerator<Buffer> {
  for (;;) {
    await pause(1)
    yield Buffer.alloc(1_000)
  }
}

const bodies: [string, () => Http2Body][] = [
  ['a string', () => 'x'.repeat(megabyte)],
  ['a stream', () => Readable.from(endless())],
  ['a stream of one part', () => Readable.from([Buffer.alloc(megabyte)])],
  ['a function', () => () => Readable.from(endless())],
]

// RFC 9113, section 8.1: a server may answer in full before it has the request in full, and then ask
// for no more of it. The answer must not be thrown away.

describe.each(bodies)('an answer to a request whose body, %s, is still being sent', (_, body) => {
  test.each(['at once', 'late', 'slowly'])('is all there for who reads it %s', async (how) => {
    const origin = await startOrigin({
      onStream: (stream) => {
        stream.on('error', () => {}).respond({ ':status': 413 })
        stream.end('x'.repeat(300_000))
      },
    })
    const client = newClient()

    const { status, stream } = await client.request(
      origin.url,
      {},
      { method: 'POST', body: body() },
    )
    if (how === 'late') await pause(30)
    let length = 0
    for await (const chunk of stream) {
      length += (chunk as Buffer).length
      if (how === 'slowly') await pause(2)
    }

    expect([status, length]).toEqual([413, 300_000])
    await expect.poll(() => client.stats()).toMatchObject({ leases: 0, streams: 0 })
  })

  test.each([
    ['and is told so', true],
    ['and is told nothing', false],
  ])('ends it when it has been read, %s', async (__, isReset) => {
    const { url, sessions } = await startRaw({
      onSession: (session) => session.settings(1),
      onStream: (session, id) => {
        if (id > 1) return session.respond(id, true)
        session.respond(id)
        session.data(id, 'early', true)
        if (isReset) session.reset(id, NGHTTP2_NO_ERROR)
      },
    })
    const client = newClient({ maxPerKey: 1 })

    const { stream } = await client.request(url, {}, { method: 'POST', body: body() })
    await pause(20)
    expect(await text(stream)).toBe('early')

    // There is room for one stream only.
    expect((await client.request(url)).status).toBe(200)
    expect(sessions).toHaveLength(1)
  })
})

test('a body is ended with the answer', async () => {
  let isEnded = false
  async function* parts() {
    try {
      yield* endless()
    } finally {
      isEnded = true
    }
  }
  const { url } = await startRaw({ onStream: (session, id) => session.respond(id, true) })
  const client = newClient()

  const { stream } = await client.request(url, {}, { method: 'POST', body: Readable.from(parts()) })
  await text(stream)

  await expect.poll(() => isEnded).toBe(true)
})

describe('a body that is cut off on this side is never told as complete', () => {
  const startCut = () =>
    startRaw({
      onStream: (session, id) => {
        session.respond(id)
        session.data(id, 'part')
      },
    })

  test.each([null, 0, '', undefined])('by a signal whose reason is %j', async (reason) => {
    const { url } = await startCut()
    const controller = new AbortController()
    const { stream } = await newClient().request(url, {}, { signal: controller.signal })
    const reading = text(stream)
    await pause(20)

    controller.abort(reason)

    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('by somebody else who destroys the session', async () => {
    const { url } = await startCut()
    const client = newClient()
    const { stream } = await client.request(url)
    const reading = text(stream)
    const target = { host: '127.0.0.1', port: Number(new URL(url).port) }
    const lease = await client.pool.acquire(target)
    await pause(20)

    lease.conn.destroy()

    await expect(reading).rejects.toMatchObject({ code: 'ERR_H2_SESSION_LOST', streamId: 1 })
    expect(client.stats()).toMatchObject({ open: 0 })
  })
})

test('a request that is aborted while its body is sent does not pass for a whole one', async () => {
  const whole: string[] = []
  const { url, sessions } = await startRaw({ onBody: (_, __, body) => whole.push(body) })
  const controller = new AbortController()
  const request = newClient().request(
    url,
    {},
    { method: 'POST', body: Readable.from(endless()), signal: controller.signal },
  )
  const types = () => sessions[0]?.received.map(({ type }) => type)
  await expect.poll(types).toContain(frameTypes.data)

  controller.abort()

  await expect(request).rejects.toBe(controller.signal.reason)
  await expect.poll(types).toContain(frameTypes.rstStream)
  expect(whole).toEqual([])
})

describe('what has been read from a body before it is sent is not missing in silence', () => {
  const failure = { code: 'ERR_H2_REQUEST_BODY' }
  const start = async () => {
    const { url, sessions } = await startRaw({
      onSession: (session) => session.settings(1),
      onStream: (session, id) => id > 1 && session.respond(id, true),
    })
    const client = newClient({ maxPerKey: 1 })
    const first = client.request(url)
    first.catch(() => {})
    await expect.poll(() => sessions[0]?.streams.length).toBe(1)
    const endFirst = () => sessions[0]!.respond(1, true)
    return { url, client, endFirst, sessions }
  }

  test('one that is read while its request waits', async () => {
    const { url, client, endFirst } = await start()
    const body = Readable.from(['payload'])
    const request = client.request(url, {}, { body })

    body.resume()
    await pause(10)
    endFirst()

    await expect(request).rejects.toMatchObject(failure)
  })

  test('one that is destroyed without an error while its request waits', async () => {
    const { url, client } = await start()
    const body = Readable.from(['payload'])
    const request = client.request(url, {}, { body })

    body.destroy()

    await expect(request).rejects.toMatchObject({ ...failure, processed: false })
  })

  test('one that a function gives a second time', async () => {
    let refusals = 0
    const { url, sessions } = await startRaw({
      onBody: (session, id) => {
        if (refusals++ === 0) session.reset(id, constants.NGHTTP2_REFUSED_STREAM)
        else session.respond(id, true)
      },
    })
    const body = Readable.from(['payload'])

    const request = newClient().request(url, {}, { method: 'POST', body: () => body })

    await expect(request).rejects.toMatchObject(failure)
    expect(sessions.flatMap(({ streams }) => streams).length).toBeLessThanOrEqual(2)
  })

  test('but the rest of one that its caller has read from is sent', async () => {
    const { url, sessions } = await startRaw({ onBody: (session, id) => session.respond(id, true) })
    const body = Readable.from(['head', 'rest'], { objectMode: false })
    await new Promise((resolve) => body.once('readable', resolve))
    expect(String(body.read(4))).toBe('head')
    body.removeAllListeners('readable')

    await newClient().request(url, {}, { method: 'POST', body })

    const sent = sessions[0]!.received.filter(({ type }) => type === frameTypes.data)
    expect(Buffer.concat(sent.map(({ payload }) => payload)).toString()).toBe('rest')
  })
})

test('an error of a body that nobody needs any more is not uncaught', async () => {
  const body = new Readable({
    read() {},
    destroy: (_, callback) => callback(new Error('of the body')),
  })
  const signal = AbortSignal.abort()

  const request = newClient().request('http://127.0.0.1:1/', {}, { body, signal })

  await expect(request).rejects.toBe(signal.reason)
  await pause(10)
})

test('headers are what they were when the request was made', async () => {
  const origin = await startOrigin({
    onStream: (stream, headers) => {
      stream.respond()
      stream.end(JSON.stringify([headers['x-a'], headers['x-b']]))
    },
  })
  const values = ['one', 'two']
  const client = newClient()

  const request = client.request(origin.url, { 'x-a': values, 'x-b': ' blanks\t' })
  values[0] = 'changed'
  values.push('more')

  expect(JSON.parse(await text((await request).stream))).toEqual(['one, two', 'blanks'])
})

test('one that was sent before close() fails for what became of it', async () => {
  const { url } = await startRaw({
    onStream: (session) => setTimeout(() => session.goaway(0), 30),
  })
  const client = newClient()
  const request = client.request(url)
  await expect.poll(() => client.stats().streams).toBe(1)

  void client.close()

  await expect(request).rejects.toMatchObject({ code: 'ERR_H2_GOAWAY', processed: false })
})
