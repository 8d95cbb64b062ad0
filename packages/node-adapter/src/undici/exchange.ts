import { AsyncResource } from 'node:async_hooks'
import type { Duplex } from 'node:stream'
import type { Lease, Pool, Want } from '@wantconn/pool-core'
import type { NetTarget } from '../target.ts'
import { watchBody } from './body-watch.ts'
import { checkRequest } from './check-request.ts'
import type { OwnOptions } from './dispatch-options.ts'
import { publishUnsent } from './h2/request-channels.ts'
import type { Listener } from './handler.ts'
import type { HttpConn } from './http-conn.ts'
import { holdProcess, letProcessGo } from './process-hold.ts'
import type { RawHeaders } from './raw-headers.ts'
import { RequestController } from './request-controller.ts'
import { throwLater } from './throw-later.ts'
import { undiciError } from './undici-error.ts'

/** The dispatcher, as one of its exchanges sees it. */
export interface ExchangeHome {
  readonly pool: Pool<NetTarget, HttpConn>
  /** No connection is ready: it stands in line from now on. */
  waits(exchange: Exchange): void
  waitsNoMore(exchange: Exchange): void
  /** Called once, before its handler is told how it ended. */
  ended(exchange: Exchange): void
}

/** A request that is under way on a connection. */
export interface RequestLine {
  abort(reason: unknown): void
  resume(): void
}

/**
 * One dispatched request, from its dispatch to the one callback that ends it: in line for a
 * connection, on one, in line again when that one turns out to have been dead, ended.
 *
 * Its handler learns nothing of the connections it is tried on. It has its controller from the
 * beginning, so that it can be aborted at any time, and all its callbacks are called in the context
 * of whoever dispatched it, which is this object's as an `AsyncResource`.
 */
export class Exchange extends AsyncResource {
  readonly options: OwnOptions
  readonly origin: string
  readonly target: NetTarget
  /** In the dispatcher's list of those that have not ended. */
  prev: Exchange | undefined = undefined
  next: Exchange | undefined = undefined
  readonly #home: ExchangeHome
  readonly #listener: Listener
  readonly #control: RequestController
  /** How often it has been sent again. */
  tries = 0
  /** A server has refused it once; it may have been in the wrong moment. */
  wasRefused = false
  #want: Want | undefined = undefined
  #line: RequestLine | undefined = undefined
  #isDone = false
  #wasBound = false

  constructor(
    options: OwnOptions,
    origin: string,
    target: NetTarget,
    listener: Listener,
    home: ExchangeHome,
  ) {
    super('DispatchedRequest')
    this.options = options
    this.origin = origin
    this.target = target
    this.#listener = listener
    this.#home = home
    this.#control = new RequestController(this)
  }

  /** Its handler has been told how it ended. */
  get isDone(): boolean {
    return this.#isDone
  }

  get isPaused(): boolean {
    return this.#control.paused
  }

  /** It stands in line for a connection. */
  get isWaiting(): boolean {
    return this.#want !== undefined
  }

  start(): void {
    try {
      this.#listener.start(this.#control)
    } catch (error) {
      this.fail(error)
    }
    if (!this.#isDone) this.#bind()
  }

  /** The connection it had was dead: it needs another one. */
  bindAgain(): void {
    this.tries++
    this.#line = undefined
    this.runInAsyncScope(this.#bind, this)
  }

  /** Takes what is ready, or gets in line. */
  #bind(): void {
    let lease: Lease<HttpConn> | undefined
    try {
      lease = this.#home.pool.tryAcquire(this.target)
      if (lease === undefined) this.#wait()
    } catch (error) {
      this.fail(error)
    }
    if (lease !== undefined) this.sendOn(lease)
  }

  /** Sends it on the connection that it has got. */
  sendOn(lease: Lease<HttpConn>): void {
    // Aborted between the want's settling and the news of it.
    if (this.#isDone) {
      lease.release()
      return
    }
    this.#wasBound = true
    try {
      lease.conn.send(this, lease)
    } catch (error) {
      lease[Symbol.dispose]()
      this.fail(error)
    }
  }

  #wait(): void {
    checkRequest(this.options)
    watchBody(this.options.body, this)
    this.#want = this.#home.pool.want(this.target, (error, lease) => {
      if (this.#isDone) this.#settled(error, lease)
      else this.runInAsyncScope(this.#settled, this, error, lease)
    })
    holdProcess()
    this.#home.waits(this)
  }

  #settled(error: unknown, lease: Lease<HttpConn> | undefined): void {
    this.#want = undefined
    letProcessGo()
    this.#home.waitsNoMore(this)
    if (lease === undefined) this.fail(error)
    else this.sendOn(lease)
  }

  /** Its request is being written: what ends it from here on comes from the connection. */
  begin(line: RequestLine): void {
    this.#line = line
  }

  /** Nobody wants it any more, for this reason; at once, whatever its state. */
  abort(reason: unknown): void {
    if (this.#isDone) return
    this.#line?.abort(reason)
    const error = reason ?? undiciError('UND_ERR_ABORTED')
    this.fail(error)
    this.#want?.cancel(error)
  }

  resume(): void {
    this.#line?.resume()
  }

  started(): void {
    if (this.#isDone || !this.#listener.hearsStarted) return
    this.runInAsyncScope(this.#listener.started, this.#listener)
  }

  bodySent(chunk: unknown): void {
    if (this.#isDone || !this.#listener.hearsSent) return
    this.runInAsyncScope(this.#listener.bodySent, this.#listener, chunk)
  }

  requestSent(): void {
    if (this.#isDone || !this.#listener.hearsSent) return
    this.runInAsyncScope(this.#listener.requestSent, this.#listener)
  }

  /** What the handler throws goes to whoever calls, who ends the exchange with it. */
  head(status: number, raw: RawHeaders, text: string): void {
    if (this.#isDone) return
    const { head } = this.#listener
    this.runInAsyncScope(head, this.#listener, this.#control, status, raw, text)
  }

  data(chunk: Buffer): void {
    if (this.#isDone) return
    this.runInAsyncScope(this.#listener.data, this.#listener, this.#control, chunk)
  }

  upgrade(status: number, raw: RawHeaders, socket: Duplex): void {
    if (this.#isDone) return
    this.#end()
    const { upgrade } = this.#listener
    try {
      this.runInAsyncScope(upgrade, this.#listener, this.#control, status, raw, socket)
    } catch (error) {
      socket.destroy()
      this.#tellFailure(error)
    }
  }

  complete(rawTrailers: RawHeaders): void {
    if (this.#isDone) return
    this.#end()
    try {
      this.runInAsyncScope(this.#listener.end, this.#listener, this.#control, rawTrailers)
    } catch (error) {
      this.#tellFailure(error)
    }
  }

  fail(error: unknown): void {
    if (this.#isDone) return
    if (!this.#wasBound) publishUnsent(this.options, this.origin, error)
    this.#end()
    this.#tellFailure(error)
  }

  #tellFailure(error: unknown): void {
    try {
      this.runInAsyncScope(this.#listener.fail, this.#listener, this.#control, error)
    } catch (thrown) {
      throwLater(thrown)
    }
  }

  #end(): void {
    this.#isDone = true
    this.#line = undefined
    this.#home.ended(this)
  }
}
