import type { Adapter } from './adapter.ts'
import { Engine } from './engine.ts'
import type { Lease } from './lease.ts'
import {
  type AcquireOptions,
  checkAcquireOptions,
  checkAdapter,
  checkKey,
  checkWarmCount,
  checkWarmOptions,
  type PoolOptions,
  resolveOptions,
  type WarmOptions,
  wrongType,
} from './options.ts'
import type { KeyStats, PoolStats } from './stats.ts'
import type { Settle, Want } from './want-conn.ts'
import { Warmup } from './warmup.ts'

/** What is behind a pool's public face, for the invariants in `testing`. */
export let engineOf: <Target, Conn extends object>(pool: Pool<Target, Conn>) => Engine<Target, Conn>

/**
 * A late-binding pool of connections, for any kind of them.
 *
 * A caller states what it wants a connection to. An idle connection, one that another caller gives
 * back, and a fresh dial race to settle that want, exactly once; a dial that comes too late serves
 * the next want or goes idle.
 *
 * ```ts
 * const pool = new Pool(adapter, { maxPerKey: 10 })
 * const answer = await pool.use(target, (conn) => conn.ask('…'))
 * ```
 */
export class Pool<Target, Conn extends object> implements AsyncDisposable {
  readonly #engine: Engine<Target, Conn>
  #closing: Promise<void> | undefined = undefined

  /** Throws `TypeError` or `RangeError`, naming option and value, for options that make no sense. */
  constructor(adapter: Adapter<Target, Conn>, options?: PoolOptions<Conn>) {
    checkAdapter(adapter)
    this.#engine = new Engine(adapter, resolveOptions(options))
  }

  /**
   * A connection to the target: what is ready now, or else whatever comes first.
   *
   * Rejects with a dial's own error, the signal's own reason, or a `PoolError`:
   * `ERR_POOL_WANT_TIMEOUT`, `ERR_POOL_DIAL_TIMEOUT`, `ERR_POOL_DIAL_CLOSED`,
   * `ERR_POOL_QUEUE_FULL`, `ERR_POOL_CLOSED`. Bad options, and what `adapter.key` throws, reject too.
   */
  acquire(target: Target, options?: AcquireOptions<Conn>): Promise<Lease<Conn>> {
    try {
      if (options !== undefined) checkAcquireOptions(options)
      return this.#engine.wants.acquire(target, options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** What is ready now, or nothing; never dials and never waits. Throws only what `adapter.key` throws. */
  tryAcquire(target: Target): Lease<Conn> | undefined {
    return this.#engine.tryAcquire(target)
  }

  /**
   * The callback form of {@link acquire}, for adapters: no promise, and a handle to cancel.
   * `settle` is called exactly once, and never before this has returned. Throws for bad options,
   * and what `adapter.key` throws.
   */
  want(target: Target, settle: Settle<Conn>, options?: AcquireOptions<Conn>): Want {
    if (typeof settle !== 'function') throw wrongType('settle', 'a function', settle)
    if (options !== undefined) checkAcquireOptions(options)
    return this.#engine.wants.state(target, settle, options)
  }

  /**
   * Acquires, works, and releases; discards when `work` throws or rejects. If `work` has ended the
   * lease itself, nothing more is done. Rejects as {@link acquire} does, or with what `work` threw.
   */
  async use<T>(
    target: Target,
    work: (conn: Conn, lease: Lease<Conn>) => T | PromiseLike<T>,
    options?: AcquireOptions<Conn>,
  ): Promise<T> {
    if (typeof work !== 'function') throw wrongType('work', 'a function', work)
    if (options !== undefined) checkAcquireOptions(options)
    const lease = await this.#engine.wants.acquire(target, options)
    try {
      const result = await work(lease.conn, lease)
      lease[Symbol.dispose]()
      return result
    } catch (error) {
      if (!lease.ended) lease.discard(error instanceof Error ? error : undefined)
      throw error
    }
  }

  /**
   * Dials until `count` connections of the target's key are open, counting those that are open or
   * being dialed. Rejects with the error of a dial that fails meanwhile, with the signal's reason,
   * or with `ERR_POOL_CLOSED`; with `RangeError` if `count` is above `maxPerKey` or `maxTotal`.
   */
  warm(target: Target, count: number, options?: WarmOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      if (options !== undefined) checkWarmOptions(options)
      checkWarmCount(count, this.#engine.settings)
      const engine = this.#engine
      const key = engine.keyOf(target)
      const expected = engine.expectedCapacity(target)
      if (engine.isClosed) throw engine.closedError(key)
      if (options?.signal?.aborted) throw options.signal.reason
      const state = engine.stateOf(key, expected)
      engine.warming.begin(
        state,
        new Warmup(state, target, count, options?.signal, resolve, reject),
      )
    })
  }

  /**
   * Closes connections that are idle now, and ends dials that nobody waits for, of one key or of
   * all. Returns how many connections it closed. What is released later goes idle as ever.
   */
  closeIdle(key?: string): number {
    if (key !== undefined) checkKey('closeIdle() key', key)
    return this.#engine.closeIdle(key)
  }

  /** A frozen snapshot of the pool, or of what one key looks like now (zeros if it has no state). */
  stats(): PoolStats
  stats(key: string): KeyStats
  stats(key?: string): PoolStats | KeyStats {
    if (key === undefined) return this.#engine.stats()
    checkKey('stats() key', key)
    return this.#engine.keyStats(key)
  }

  /** The keys that have any state now: a connection, a dial or a want. */
  keys(): IterableIterator<string> {
    return this.#engine.keys.keys()
  }

  /**
   * For good: no new wants, waiting ones fail with `ERR_POOL_CLOSED`, dials are aborted, idle
   * connections closed, leased ones as their leases end. Resolves when the last lease has ended.
   */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = new Promise((resolve) => {
        this.#engine.onAllClosed = resolve
      })
      // Only then: a callback may call close() again.
      this.#engine.close(this.#engine.closedError())
    }
    return this.#closing
  }

  /** Like {@link close}, but waiting wants fail with `error`, if given, and leased connections are closed too. */
  destroy(error?: Error): void {
    this.#engine.destroy(error)
  }

  /** `close()` */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  static {
    engineOf = (pool) => pool.#engine
  }
}
