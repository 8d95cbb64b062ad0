import { once } from 'node:events'
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Pool, type PoolOptions } from '@wantconn/pool-core'
import { onTestFinished } from 'vitest'
import {
  type Http2AdapterOptions,
  Http2Client,
  type Http2ClientOptions,
  type Http2Target,
  http2Adapter,
} from '../../src/index.ts'
import { type H2Origin, type OriginOptions, openOrigin } from './h2-origin.ts'

/** A server that is gone when the test is over. */
export async function startOrigin(options?: OriginOptions): Promise<H2Origin> {
  const origin = await openOrigin(options)
  onTestFinished(() => origin.stop())
  return origin
}

export type SessionPool = Pool<Http2Target, ClientHttp2Session>

/** Where dials are counted: on a busy machine all are slow, and would make further ones. */
export const unhedged: { readonly hedgeMs: number } = { hedgeMs: Number.POSITIVE_INFINITY }

/** A pool that is gone when the test is over; its dials are not hedged. */
export function newPool(
  options?: Http2AdapterOptions,
  poolOptions?: PoolOptions<ClientHttp2Session>,
): SessionPool {
  const pool = new Pool(http2Adapter(options), { ...unhedged, ...poolOptions })
  onTestFinished(() => pool.destroy())
  return pool
}

/** A response's status and body. */
export function read(stream: ClientHttp2Stream): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    let status = 0
    let body = ''
    stream.setEncoding('utf8')
    stream
      .on('response', (headers) => (status = Number(headers[':status'])))
      .on('data', (chunk: string) => (body += chunk))
      .on('end', () => resolve({ status, body }))
      .on('error', reject)
      .on('close', () => reject(new Error('closed with neither end nor error')))
  })
}

export async function errorOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

/** A client that is gone when the test is over; its dials are not hedged. */
export function newClient(options?: Http2ClientOptions): Http2Client {
  const client = new Http2Client({ ...unhedged, ...options })
  onTestFinished(() => client.destroy())
  return client
}

export async function text(stream: ClientHttp2Stream): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** Sends a request and reads its body. */
export async function get(client: Http2Client, url: string): Promise<string> {
  return text((await client.request(url)).stream)
}

/** A port that passes on what it gets, until told to go silent: no FIN, no RST, nothing. */
export async function startBlackHole(to: number): Promise<{ port: number; swallow(): void }> {
  const pairs: [Socket, Socket][] = []
  const server = createServer((inner) => {
    const outer = connect(to, '127.0.0.1')
    pairs.push([inner, outer])
    inner.on('error', () => {}).on('data', (data) => outer.write(data))
    outer.on('error', () => {}).on('data', (data) => inner.write(data))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const sockets of pairs) for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    swallow: () => {
      for (const socket of pairs.flat()) socket.removeAllListeners('data').resume()
    },
  }
}
