import { once } from 'node:events'
import type { ServerHttp2Stream } from 'node:http2'
import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Http2Body } from '../src/index.ts'
import { errorOf, newClient, startOrigin, text } from './support/fixtures.ts'

const countBytes = (stream: ServerHttp2Stream): void => {
  let bytes = 0
  stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
  stream.on('end', () => {
    // Some Nodes end what was reset, too.
    if (stream.destroyed) return
    stream.respond({ ':status': 200 })
    stream.end(`${bytes}`)
  })
}

const someBytes = (...chunks: string[]): Readable =>
  Readable.from(chunks.map((it) => Buffer.from(it)))

test.each<[string, number, Http2Body]>([
  ['fewer bytes in a stream', 4, someBytes('abc')],
  ['more bytes in a stream', 4, someBytes('abc', 'def')],
  ['fewer bytes of text in a stream', 4, Readable.from(['abc'], { objectMode: false })],
  ['a text of other length that a function makes', 4, () => 'abc'],
  ['fewer bytes in a stream that a function makes', 4, () => someBytes('abc')],
])('%s than content-length says fail their request alone, and say so', async (_, length, body) => {
  const origin = await startOrigin({ onStream: countBytes })
  const client = newClient()

  const error = await errorOf(client.request(origin.url, { 'content-length': length }, { body }))

  expect(error).toMatchObject({ code: 'ERR_H2_REQUEST_BODY', cause: { name: 'RangeError' } })
  await expect.poll(() => client.stats()).toMatchObject({ open: 1, leases: 0, streams: 0 })
})

test.each(['abc', Buffer.from('abc')])(
  'a body of which the length is known and not what content-length says is not sent',
  async (body) => {
    const client = newClient()

    const error = await errorOf(
      client.request('http://localhost/', { 'content-length': '4' }, { body }),
    )

    expect(error).toBeInstanceOf(RangeError)
    expect(client.stats().totals.dials).toBe(0)
  },
)

test.each<[string, Http2Body]>([
  ['a text', 'äbc'],
  ['a stream', someBytes('ab', 'cd')],
  ['a stream of texts', Readable.from(['ä', 'bc'])],
])('%s of the length that content-length says is sent', async (_, body) => {
  const origin = await startOrigin({ onStream: countBytes })

  const { stream } = await newClient().request(origin.url, { 'content-length': '4' }, { body })

  expect(await text(stream)).toBe('4')
})

test.each([new Error('no more'), undefined])(
  'a body that is destroyed with %s after the answer has begun fails as one before it',
  async (cause) => {
    const origin = await startOrigin({ onStream: (stream) => stream.respond({ ':status': 200 }) })
    const client = newClient()
    const body = new PassThrough()
    body.write('half')
    const { stream } = await client.request(origin.url, {}, { body })

    body.destroy(cause)

    expect(await errorOf(once(stream, 'end'))).toMatchObject({
      code: 'ERR_H2_REQUEST_BODY',
      cause: cause ?? { code: 'ERR_STREAM_PREMATURE_CLOSE' },
      streamId: 1,
    })
    await expect.poll(() => client.stats()).toMatchObject({ open: 1, leases: 0, streams: 0 })
  },
)

test('an answer that comes before its request is sent can be read, and the rest is not sent', async () => {
  const origin = await startOrigin({
    onStream(stream) {
      stream.respond({ ':status': 413 })
      stream.end('too much')
      stream.once('finish', () => stream.close())
    },
  })
  const client = newClient()
  const body = new Readable({ read() {} })
  body.push('half')

  const { status, stream } = await client.request(origin.url, {}, { body })

  expect(status).toBe(413)
  expect(await text(stream)).toBe('too much')
  await expect.poll(() => body.destroyed).toBe(true)
  await expect.poll(() => client.stats()).toMatchObject({ open: 1, leases: 0, streams: 0 })
})
