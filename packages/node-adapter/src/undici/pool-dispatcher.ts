import { EventEmitter } from 'node:events'
import type { Pool } from '@wantconn/pool-core'
import type { Dispatcher } from 'undici'
import type { NetTarget } from '../target.ts'
import { composeDispatch } from './compose.ts'
import type { DispatchAdapterEvents } from './dispatch-adapter.ts'
import { type DispatchOptions, ownOptions } from './dispatch-options.ts'
import type { PoolDispatcherOptions } from './dispatcher-options.ts'
import { openPool, sharedPool } from './dispatcher-pool.ts'
import { Exchange, type ExchangeHome } from './exchange.ts'
import { ExchangeList } from './exchange-list.ts'
import type { HttpConn } from './http-conn.ts'
import { install } from './install.ts'
import { listenerOf } from './listeners.ts'
import { OriginLines } from './origin-lines.ts'
import { addStats, type OriginStats, originStats } from './origin-stats.ts'
import { type SplitOptions, splitOptions } from './split-options.ts'
import { Targets } from './targets.ts'
import { throwLater } from './throw-later.ts'
import { defineUndiciApi, isApiName } from './undici-api.ts'
import { undiciError } from './undici-error.ts'

// Its types, and that alone: what undici's own class does is done here, or by the undici that is there.
const Base = EventEmitter as unknown as new () => Dispatcher

type Callback = (error: Error | null, data: null) => void

/**
 * An undici `Dispatcher` that binds late: a request gets the first connection that is ready, be it a
 * new one or one that another request is done with. For `fetch`, Node's own or undici's, and for all
 * that undici dispatches.
 *
 * ```ts
 * const dispatcher = new PoolDispatcher({ connections: 50 })
 * await fetch('http://example.com/', { dispatcher })
 * ```
 *
 * Fails with undici's errors where undici has one (`UND_ERR_HEADERS_TIMEOUT`, `UND_ERR_BODY_TIMEOUT`,
 * `UND_ERR_SOCKET`, `UND_ERR_ABORTED`, `UND_ERR_CLOSED`, `UND_ERR_DESTROYED`, …), with a dial's own
 * `NetDialError`, and with a `PoolError` for what only a pool knows: `ERR_POOL_WANT_TIMEOUT`, whose
 * `cause` is the last dial error, `ERR_POOL_QUEUE_FULL`, `ERR_POOL_DIAL_TIMEOUT`.
 */
export class PoolDispatcher extends Base implements AsyncDisposable {
  /** The pool behind it; several dispatchers may share one. */
  readonly pool: Pool<NetTarget, HttpConn>
  readonly #split: SplitOptions
  readonly #targets: Targets
  readonly #keyOf: (target: NetTarget) => string
  readonly #lines: OriginLines
  readonly #live: ExchangeList = new ExchangeList()
  readonly #home: ExchangeHome
  #closing: Promise<null> | undefined = undefined
  #destroying: Promise<null> | undefined = undefined
  #isClosed = false
  #onQuiet: (() => void) | undefined = undefined

  /** Throws `TypeError` or `RangeError`, naming the option, for one that is wrong or cannot be honoured. */
  constructor(options: PoolDispatcherOptions = {}) {
    super()
    const split = splitOptions(options)
    const { pool, keyOf } =
      split.pool === undefined ? openPool(split, this.#events()) : sharedPool(split.pool)
    this.#split = split
    this.pool = pool
    this.#keyOf = keyOf
    this.#targets = new Targets(split.place, split.h2.allowH2)
    this.#lines = new OriginLines(pool, keyOf, (origin) => this.#emit('drain', origin))
    this.#home = {
      pool,
      waits: (exchange) => this.#lines.join(exchange),
      waitsNoMore: (exchange) => this.#lines.leave(exchange),
      ended: (exchange) => this.#ended(exchange),
    }
  }

  get closed(): boolean {
    return this.#isClosed
  }

  get destroyed(): boolean {
    return this.#destroying !== undefined
  }

  /** As undici's `Agent` has them: by origin. Of the pool as a whole: `pool.stats()`. */
  get stats(): Record<string, OriginStats> {
    const stats: Record<string, OriginStats> = {}
    for (const { origin, target } of this.#targets.all()) {
      const one = this.pool.stats(this.#keyOf(target))
      if (one.keys === 0) continue
      const before = stats[origin]
      stats[origin] = before === undefined ? originStats(one) : addStats(before, originStats(one))
    }
    return stats
  }

  /** What undici's WebSocket asks. */
  get webSocketOptions(): object {
    return { maxFragments: 131_072, maxPayloadSize: 128 * 1024 * 1024, ...this.#split.webSocket }
  }

  /** What undici's EventSource asks. */
  get eventSourceOptions(): object {
    return { maxEventSize: 2 ** 29 - 24, ...this.#split.eventSource }
  }

  /**
   * Sends a request. False if nothing can begin for it, as the limits leave no room even to dial:
   * then a 'drain' of its origin tells that nobody stands in line any more, and that there is room.
   */
  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    const listener = listenerOf(handler)
    let exchange: Exchange
    try {
      const checked = this.#check(options as DispatchOptions)
      const own = ownOptions(checked)
      const { origin, target } = this.#targets.of(checked, own.headers)
      exchange = new Exchange(own, origin, target, listener, this.#home)
    } catch (error) {
      listener.fail(null, error)
      return false
    }
    this.#live.add(exchange)
    exchange.start()
    return !(exchange.isWaiting && this.#lines.isFull(exchange))
  }

  #check(options: DispatchOptions): DispatchOptions {
    if (typeof options !== 'object' || options === null) {
      throw undiciError('UND_ERR_INVALID_ARG', 'opts must be an object.')
    }
    if (this.destroyed) throw undiciError('UND_ERR_DESTROYED')
    if (this.#isClosed) throw undiciError('UND_ERR_CLOSED')
    // The rest is looked at by what writes it; but that needs a connection.
    if (typeof options.path !== 'string') {
      throw undiciError('UND_ERR_INVALID_ARG', 'path must be a string')
    }
    if (typeof options.method !== 'string') {
      throw undiciError('UND_ERR_INVALID_ARG', 'method must be a string')
    }
    return options
  }

  /**
   * The target that requests to an origin have, for the methods of the pool:
   * `dispatcher.pool.warm(dispatcher.targetOf('https://example.com'), 5)`.
   */
  targetOf(origin: string | URL): NetTarget {
    return this.#targets.of({ origin, path: '/', method: 'GET' }, undefined).target
  }

  /** undici's: interceptors of undici 7 and 8, the first one innermost. */
  override compose(
    ...interceptors:
      | Dispatcher.DispatcherComposeInterceptor[]
      | [Dispatcher.DispatcherComposeInterceptor[]]
  ): Dispatcher.ComposedDispatcher {
    const list = Array.isArray(interceptors[0]) ? interceptors[0] : interceptors
    const dispatch = composeDispatch(this.dispatch.bind(this) as never, list)
    return new Proxy(this as Dispatcher, {
      get(target, key, proxy) {
        if (key === 'dispatch') return dispatch
        const value: unknown = Reflect.get(target, key, target)
        // These dispatch, and must do so through the interceptors; the others know this one only.
        return typeof value === 'function' ? value.bind(isApiName(key) ? proxy : target) : value
      },
    })
  }

  /**
   * Makes it the dispatcher of `fetch` and undici for all who name none. Returns the undo, which puts
   * back what was there.
   */
  install(): () => void {
    return install(this)
  }

  /** Takes no more requests; resolves when all that were dispatched have ended, waiting ones included. */
  override close(): Promise<void>
  override close(callback: () => void): void
  override close(callback?: () => void): Promise<void> | undefined {
    return settle(this.#close(), callback as Callback | undefined)
  }

  async #close(): Promise<null> {
    if (this.destroyed && this.#closing === undefined) throw undiciError('UND_ERR_DESTROYED')
    this.#isClosed = true
    this.#closing ??= this.#whenQuiet().then(() => this.#destroy(null))
    return this.#closing
  }

  #whenQuiet(): Promise<void> {
    if (this.#live.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onQuiet = resolve
    })
  }

  /** Fails all that was dispatched, with the error or `UND_ERR_DESTROYED`, and closes the connections. */
  override destroy(error?: Error | null): Promise<void>
  override destroy(callback: () => void): void
  override destroy(error: Error | null, callback: () => void): void
  override destroy(
    error?: Error | null | (() => void),
    callback?: () => void,
  ): Promise<void> | undefined {
    const isCallback = typeof error === 'function'
    const destroyed = this.#destroy(isCallback ? null : (error ?? null))
    return settle(destroyed, (isCallback ? error : callback) as Callback | undefined)
  }

  #destroy(error: Error | null): Promise<null> {
    this.#destroying ??= this.#end(error ?? undiciError('UND_ERR_DESTROYED'))
    return this.#destroying
  }

  async #end(error: Error): Promise<null> {
    // Not within the call that destroys, as with undici.
    await null
    this.#isClosed = true
    this.#live.abortAll(error)
    if (this.#split.pool === undefined) {
      this.pool.destroy(error)
      await this.pool.close()
    }
    // Later than what those do who have just been told of their end, as with undici.
    await new Promise(setImmediate)
    return null
  }

  /** `close()` */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #ended(exchange: Exchange): void {
    this.#live.remove(exchange)
    this.#lines.ended(exchange)
    if (this.#live.size === 0) this.#onQuiet?.()
  }

  #events(): DispatchAdapterEvents {
    return {
      connected: (origin) => this.#emit('connect', origin),
      failed: (origin, error) => this.#emit('connectionError', origin, error),
      ended: (origin, error) => {
        this.#emit('disconnect', origin, error ?? undiciError('UND_ERR_SOCKET', 'closed'))
      },
    }
  }

  #emit(event: string, origin: string, ...more: unknown[]): void {
    const emitter = this as unknown as EventEmitter
    if (emitter.listenerCount(event) === 0) return
    try {
      emitter.emit(event, new URL(origin), [this], ...more)
    } catch (error) {
      // A listener's fault is nothing that the connection could be blamed for.
      throwLater(error)
    }
  }

  static {
    // biome-ignore lint/complexity/noThisInStatic: a class that names itself is bundled as `_PoolDispatcher`.
    defineUndiciApi(this.prototype)
  }
}

/** As undici does: by a promise, or by a callback. */
function settle(promise: Promise<null>, callback: Callback | undefined): Promise<void> | undefined {
  if (callback === undefined) return promise as unknown as Promise<void>
  if (typeof callback !== 'function') throw undiciError('UND_ERR_INVALID_ARG', 'invalid callback')
  promise.then(
    () => callback(null, null),
    (error) => callback(error, null),
  )
  return undefined
}
