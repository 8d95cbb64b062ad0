import { AsyncResource } from 'node:async_hooks'
import type { Duplex } from 'node:stream'
import type { Lease, Pool, Want } from '@wantconn/pool-core'
import type { NetTarget } from '../target.ts'
import type { DispatchOptions } from './dispatch-options.ts'
import type { Listener } from './handler.ts'
import type { HttpConn } from './http-conn.ts'
import type { RawHeaders } from './raw-headers.ts'
import { RequestController } from './request-controller.ts'
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

/** Nobody is told when a request's context is collected, so that need not be watched. */
const ownDestroy = { requireManualDestroy: true }

/**
 * One dispatched request, from its dispatch to the one callback that ends it: in line for a
 * connection, on one, in line again when that one turns out to have been dead, ended.
 *
 * Its handler learns nothing of the connections it is tried on. It has its controller from the
 * beginning, so that it can be aborted at any time, and all its callbacks are called in the context
 * of whoever dispatched it, which is this object's as an `AsyncResource`.
 */
export class Exchange extends AsyncResource {
  readonly options: DispatchOptions
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
  #want: Want | undefined = undefined
  #line: RequestLine | undefined = undefined
  #isDone = false

  constructor(
    options: DispatchOptions,
    origin: string,
    target: NetTarget,
    listener: Listener,
    home: ExchangeHome,
  ) {
    super('DispatchedRequest', ownDestroy)
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
    try {
      const lease = this.#home.pool.tryAcquire(this.target)
      if (lease !== undefined) lease.conn.send(this, lease)
      else this.#wait()
    } catch (error) {
      this.fail(error)
    }
  }

  #wait(): void {
    this.#want = this.#home.pool.want(this.target, (error, lease) => {
      this.runInAsyncScope(this.#settled, this, error, lease)
    })
    this.#home.waits(this)
  }

  #settled(error: unknown, lease: Lease<HttpConn> | undefined): void {
    this.#want = undefined
    this.#home.waitsNoMore(this)
    if (lease === undefined) this.fail(error)
    // It was aborted between the want's settling and the news of it.
    else if (this.#isDone) lease.release()
    else lease.conn.send(this, lease)
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
    if (!this.#isDone) this.#listener.bodySent(chunk)
  }

  requestSent(): void {
    if (!this.#isDone) this.#listener.requestSent()
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
    this.#end()
    this.#tellFailure(error)
  }

  #tellFailure(error: unknown): void {
    try {
      this.runInAsyncScope(this.#listener.fail, this.#listener, this.#control, error)
    } catch (thrown) {
      // There is nobody left to be told. It must not end in the middle of somebody else's call.
      queueMicrotask(() => {
        throw thrown
      })
    }
  }

  #end(): void {
    this.#isDone = true
    this.#line = undefined
    this.#home.ended(this)
  }
}
