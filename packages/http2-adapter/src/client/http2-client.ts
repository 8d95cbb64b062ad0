import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2'
import { Pool, type PoolStats } from '@wantconn/pool-core'
import { type Http2Target, trackedHttp2Adapter } from '../http2-adapter.ts'
import { show } from '../show.ts'
import { type Http2ClientOptions, splitOptions } from './client-options.ts'
import { ClientRequest, type Http2Response, type SessionSource } from './client-request.ts'
import { FrontLine } from './front-line.ts'
import { Origins } from './origins.ts'
import { type Http2Body, noBody, RequestBody } from './request-body.ts'
import { checkMethod, requestHead } from './request-head.ts'

export interface Http2RequestOptions {
  /** Default `GET`; with a body `POST`. */
  method?: string | undefined
  /** A string, bytes or a function that makes a body can be sent again; a `Readable` only once. */
  body?: Http2Body | undefined
  /** Rejects with its `reason`; after the response's headers, destroys the stream with it. */
  signal?: AbortSignal | undefined
  /** From the call to the response's headers, in ms. Default `Infinity`. */
  timeoutMs?: number | undefined
}

/** One session, as it is now. */
export interface SessionStats {
  readonly id: number
  readonly key: string
  readonly state: 'open' | 'draining' | 'ended'
  /** Streams that are open on it. */
  readonly streams: number
  /** Streams that its peer takes at once. */
  readonly capacity: number
  /** Streams that were begun on it. */
  readonly requests: number
}

/** Those of the pool, and what goes on in its sessions. */
export interface Http2ClientStats extends PoolStats {
  readonly sessions: readonly SessionStats[]
  /** Streams that are open, over all sessions. */
  readonly streams: number
  /** How often a request was sent again. */
  readonly retries: number
}

/**
 * Requests over as few sessions of HTTP/2 as the limits of their peers need.
 *
 * ```ts
 * const client = new Http2Client()
 * const { status, stream } = await client.request('https://example.com/')
 * for await (const chunk of stream) …
 * ```
 */
export class Http2Client implements AsyncDisposable {
  /** For who needs the stream before its response: a lease is for one stream on its session. */
  readonly pool: Pool<Http2Target, ClientHttp2Session>
  readonly #origins: Origins
  readonly #sessions: ReturnType<typeof trackedHttp2Adapter>['maker']['sessions']
  readonly #sessionsFor: SessionSource
  #retries = 0

  constructor(options: Http2ClientOptions = {}) {
    if (typeof options !== 'object' || options === null) {
      throw new TypeError(`Http2ClientOptions must be an object; got ${show(options)}`)
    }
    const split = splitOptions(options)
    const { adapter, maker } = trackedHttp2Adapter(split.adapter)
    this.pool = new Pool(adapter, split.pool)
    this.#sessions = maker.sessions
    this.#origins = new Origins(split.tls, (target) => adapter.key(target))
    this.#sessionsFor = {
      line: new FrontLine(this.pool),
      tryAcquire: (target) => this.pool.tryAcquire(target),
      onRetry: () => {
        this.#retries++
      },
    }
    // A wrong `tls` is told now, not with the first request.
    if (split.tls !== true) adapter.key({ host: 'localhost', port: 443, tls: split.tls })
  }

  /**
   * Resolves when the response's headers have come. What the peer has certainly not acted on is
   * sent again on another session, if its body can be: once after REFUSED_STREAM, up to 7 times
   * when its stream is above GOAWAY's last or was never sent.
   *
   * Rejects with an `Http2Error`, with what a dial failed with, with a `PoolError`, with the
   * signal's reason; and with `TypeError` or `RangeError` for what cannot be sent.
   */
  request(
    url: string | URL,
    headers: OutgoingHttpHeaders = {},
    options: Http2RequestOptions = {},
  ): Promise<Http2Response> {
    return new Promise((resolve, reject) => {
      const { signal, timeoutMs = Number.POSITIVE_INFINITY } = options
      checkOptions(headers, options)
      const body = options.body === undefined ? noBody : new RequestBody(options.body)
      const method = options.method ?? (body.isEmpty ? 'GET' : 'POST')
      checkMethod(method)
      const destination = this.#origins.read(url)
      const head = requestHead(destination, method, headers)
      const length = body.lengthToSend(head['content-length'])
      if (length !== undefined) head['content-length'] = length
      const plan = {
        source: this.#sessionsFor,
        target: destination.origin.target,
        head,
        body,
        signal,
        timeoutMs,
      }
      new ClientRequest(plan, resolve, reject).start()
    })
  }

  stats(): Http2ClientStats {
    const sessions = [...this.#sessions].map(({ id, key, state, streams, capacity, requests }) =>
      Object.freeze({
        id,
        key,
        state: state === 'settling' ? ('open' as const) : state,
        streams: streams.size,
        capacity,
        requests,
      }),
    )
    const streams = sessions.reduce((sum, session) => sum + session.streams, 0)
    const retries = this.#retries
    return Object.freeze({ ...this.pool.stats(), sessions, streams, retries })
  }

  /** No new requests; resolves when all that were sent are over. */
  close(): Promise<void> {
    return this.pool.close()
  }

  /** Ends everything now. */
  destroy(error?: Error): void {
    this.pool.destroy(error)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

const known = new Set(['method', 'body', 'signal', 'timeoutMs'])

function checkOptions(headers: unknown, options: Http2RequestOptions): void {
  // `Headers` and `Map` have no names that could be seen from outside.
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers) {
    throw new TypeError(`headers must be a plain object; got ${show(headers)}`)
  }
  for (const name in options) {
    if (!known.has(name)) throw new TypeError(`unknown option ${show(name)} of a request`)
  }
  const { signal, timeoutMs } = options
  if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
    throw new TypeError(`options.signal must be an AbortSignal; got ${show(signal)}`)
  }
  if (timeoutMs === undefined) return
  if (typeof timeoutMs !== 'number') {
    throw new TypeError(`options.timeoutMs must be a number of ms; got ${show(timeoutMs)}`)
  }
  if (!(timeoutMs > 0)) throw new RangeError(`options.timeoutMs must be above 0; got ${timeoutMs}`)
}
