import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { startOrigin } from '../support/origin.ts'
import { by, newDispatcher } from './support/dispatcher.ts'
import { startH2Origin } from './support/h2-origin.ts'
import { undici7 } from './support/undicis.ts'

const chunk = Buffer.alloc(64 * 1024, 'x')
const chunks = 1_600
const size = chunk.length * chunks

function* body(): Generator<Buffer> {
  for (let i = 0; i < chunks; i++) yield chunk
}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** What the process holds, without garbage: most of what is streamed lies outside of the heap. */
function held(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Counts what comes, and how much more the process held at most meanwhile. */
async function read(stream: AsyncIterable<Uint8Array>): Promise<{ count: number; most: number }> {
  const before = held()
  let [count, most] = [0, 0]
  for await (const part of stream) {
    const turned = Math.floor((count + part.byteLength) / 2 ** 23) > Math.floor(count / 2 ** 23)
    count += part.byteLength
    if (!turned) continue
    // A reader who is slower than the sender: what is sent must wait.
    await new Promise((resolve) => setTimeout(resolve, 10))
    most = Math.max(most, held() - before)
  }
  return { count, most }
}

const limit = 20 * 1024 * 1024
const patience = 120_000

async function bothWays(url: string, options: object): Promise<void> {
  const dispatcher = newDispatcher(options)
  const down = await undici7.request(`${url}/down`, by(dispatcher))
  const received = await read(down.body)
  const up = await undici7.request(`${url}/up`, {
    ...by(dispatcher),
    method: 'POST',
    body: Readable.from(body(), { objectMode: false }),
  })
  const sent = (await up.body.json()) as typeof received
  expect([received.count, sent.count]).toEqual([size, size])
  expect(Math.max(received.most, sent.most)).toBeLessThan(limit)
  expect(dispatcher.pool.stats().totals.dials).toBe(1)
}

test('100 MB stream both ways over HTTP/1.1, and are never held', {
  timeout: patience,
}, async () => {
  const { port } = await startOrigin(async (req, res) => {
    if (req.url === '/down') Readable.from(body(), { objectMode: false }).pipe(res)
    else res.end(JSON.stringify(await read(req)))
  })
  await bothWays(`http://127.0.0.1:${port}`, {})
})

test('100 MB stream both ways over HTTP/2, and are never held', { timeout: patience }, async () => {
  const { url, ca } = await startH2Origin(async (stream, headers) => {
    stream.respond({ ':status': 200 })
    if (headers[':path'] === '/down') Readable.from(body(), { objectMode: false }).pipe(stream)
    else stream.end(JSON.stringify(await read(stream)))
  })
  await bothWays(url, { tls: { ca } })
})

test.each(['HTTP/1.1', 'HTTP/2'])(
  'a body that nobody reads stays with its server, by %s',
  async (protocol) => {
    let written = 0
    const write = (out: {
      write(chunk: Buffer): boolean
      once(event: 'drain', run: () => void): unknown
    }) => {
      const more = (): void => {
        while (written < size && out.write(chunk)) written += chunk.length
        out.once('drain', more)
      }
      more()
    }
    const h1 = await startOrigin((_, res) => write(res))
    const h2 = await startH2Origin((stream) => {
      stream.respond({ ':status': 200 })
      write(stream)
    })
    const dispatcher = newDispatcher({ tls: { ca: h2.ca } })
    const url = protocol === 'HTTP/2' ? h2.url : `http://127.0.0.1:${h1.port}`
    const { body: unread } = await undici7.request(url, by(dispatcher))
    const still = async (): Promise<boolean> => {
      const before = written
      await new Promise((resolve) => setTimeout(resolve, 100))
      return written === before
    }
    await expect.poll(still).toBe(true)
    expect(written).toBeLessThan(size / 4)
    unread.on('error', () => {}).destroy()
  },
)
