import type { Duplex } from 'node:stream'
import type { Lease } from '@wantconn/pool-core'
import type { Exchange, RequestLine } from './exchange.ts'
import type { HttpConn } from './http-conn.ts'
import type { Http1Conn } from './http1-conn.ts'
import type { KeepAlive } from './keep-alive.ts'
import { NoOtherConnection } from './no-other-connection.ts'
import type { RawHeaders } from './raw-headers.ts'
import { hasReplayableBody, isIdempotent, isLostConnection } from './replay.ts'
import { undiciError } from './undici-error.ts'

/** Thrown into a client, for a request whose exchange has ended before it was begun. */
const notWanted = new Error('the request is not wanted any more')

/**
 * One exchange on one connection. It has the lease, which it ends before it says how it went, so
 * that the connection is free for what a handler does next.
 */
export class Http1Attempt {
  readonly exchange: Exchange
  readonly #lease: Lease<HttpConn>
  readonly #conn: Http1Conn
  #isBegun = false
  #isSent = false
  #isOver = false
  /** A response has begun to come. */
  #isHeard = false
  #keepAlive: KeepAlive | undefined = undefined
  #bytesBefore = 0

  constructor(exchange: Exchange, lease: Lease<HttpConn>, conn: Http1Conn) {
    this.exchange = exchange
    this.#lease = lease
    this.#conn = conn
  }

  started(): void {
    this.#isHeard = true
    this.exchange.started()
  }

  bodySent(chunk: unknown): void {
    this.exchange.bodySent(chunk)
  }

  requestSent(): void {
    this.#isSent = true
    this.exchange.requestSent()
  }

  begin(line: RequestLine): void {
    if (this.exchange.isDone) throw notWanted
    this.#isBegun = true
    // A socket adds them up each time that it is asked: only where the answer can matter.
    if (!isIdempotent(this.exchange.options)) this.#bytesBefore = this.#conn.socket.bytesWritten
    this.exchange.begin(line)
  }

  head(status: number, raw: RawHeaders, text: string): void {
    if (status >= 200) this.#keepAlive = this.#conn.settings.keepAlive.of(raw)
    this.exchange.head(status, raw, text)
  }

  complete(rawTrailers: RawHeaders): void {
    this.#isOver = true
    // Of a request that is still being sent, the rest would be the beginning of the next one.
    const mayStay = this.#keepAlive?.stays && this.#isSent && !this.exchange.isDone
    const conn = this.#conn
    conn.phase = 'end'
    if (mayStay) this.#lease.release(this.#keepAlive?.hint)
    else this.#closeAfterResponse()
    this.exchange.complete(rawTrailers)
    conn.phase = 'idle'
  }

  /** As undici does it itself, so that it ends a body that is still being sent. */
  #closeAfterResponse(): void {
    this.#conn.failure = undiciError('UND_ERR_INFO', 'reset')
    this.#lease.discard()
  }

  fail(error: unknown): void {
    if (this.#isOver) {
      // What the end of the response has thrown.
      this.exchange.fail(error)
      return
    }
    this.#isOver = true
    if (this.#isBegun) this.#failUnderWay(error)
    else this.#failUnsent(error)
  }

  upgrade(status: number, raw: RawHeaders, socket: Duplex): void {
    this.#isOver = true
    this.#conn.phase = 'idle'
    this.#lease.detach()
    this.exchange.upgrade(status, raw, socket)
  }

  /** The connection was gone before the request was begun, or the request is not fit to be sent. */
  #failUnsent(error: unknown): void {
    const { exchange } = this
    this.#conn.phase = 'idle'
    const isLost = error instanceof NoOtherConnection
    if (isLost) this.#lease.discard()
    else this.#lease.release()
    if (exchange.isDone) return
    if (!isLost) exchange.fail(error)
    else if (this.#isStale) exchange.bindAgain()
    else exchange.fail(this.#conn.loss)
  }

  #failUnderWay(error: unknown): void {
    const mayGoAgain = !this.exchange.isDone && this.#mayGoAgain(error)
    const failure = error instanceof Error ? error : undiciError('UND_ERR_ABORTED')
    this.#conn.failure = failure
    this.#lease.discard(failure)
    if (mayGoAgain) this.exchange.bindAgain()
    else this.exchange.fail(error)
  }

  /** Go: `shouldRetryRequest`. */
  #mayGoAgain(error: unknown): boolean {
    const { options } = this.exchange
    if (!this.#isStale || this.#hasHeard || !isLostConnection(error)) return false
    if (options.upgrade || options.method === 'CONNECT' || !hasReplayableBody(options)) return false
    return isIdempotent(options) || this.#conn.socket.bytesWritten === this.#bytesBefore
  }

  /** It had been open before: it may have been dead, for a reason that is not this request's. */
  get #isStale(): boolean {
    return this.#lease.reused || this.#lease.wasIdle
  }

  /** Any byte of a response, read by the client or not yet. */
  get #hasHeard(): boolean {
    return this.#isHeard || this.#conn.socket.readableLength > 0
  }
}
