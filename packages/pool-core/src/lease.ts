import { PoolError } from './errors.ts'
import { checkReleaseHint, type ReleaseHint } from './options.ts'
import type { PooledConn } from './pooled-conn.ts'

/**
 * A caller's hold on one unit of a connection's capacity. It ends once, in one of three ways;
 * ending it again throws `ERR_POOL_LEASE_FINISHED`. If the connection was lost meanwhile, ending
 * it does nothing more.
 */
export interface Lease<Conn> extends Disposable {
  readonly conn: Conn
  readonly key: string
  /** The connection had served a lease before this one. */
  readonly reused: boolean
  /** It came from the idle list; false: from a dial, or straight from another caller's release. */
  readonly wasIdle: boolean
  /** How long it had been idle, in ms; 0 unless `wasIdle`. */
  readonly idleMs: number
  /**
   * Healthy: gives it back. The hint may shorten its idle life, as when the peer has said how long
   * it keeps an idle connection; it never lengthens it.
   */
  release(hint?: ReleaseHint): void
  /** Not healthy: closes it. If others hold leases on it, it gets no new ones and is closed after the last. */
  discard(error?: Error): void
  /**
   * Takes it out of the pool for good (a protocol upgrade) and frees its place. The pool does not
   * close it any more. Throws `TypeError`, and ends nothing, while others hold leases on it.
   */
  detach(): Conn
  /** `release()`, if it has not ended yet. */
  [Symbol.dispose](): void
}

/** How long a connection was idle that was not. */
export const NOT_IDLE = -1

/** The one kind of {@link Lease} there is. The record it holds is let go when it ends. */
export class ConnLease<Target, Conn extends object> implements Lease<Conn> {
  readonly conn: Conn
  readonly key: string
  readonly reused: boolean
  readonly wasIdle: boolean
  readonly idleMs: number
  #record: PooledConn<Target, Conn> | undefined

  constructor(record: PooledConn<Target, Conn>, key: string, reused: boolean, idleMs: number) {
    this.#record = record
    this.conn = record.conn
    this.key = key
    this.reused = reused
    this.wasIdle = idleMs !== NOT_IDLE
    this.idleMs = idleMs === NOT_IDLE ? 0 : idleMs
  }

  release(hint?: ReleaseHint): void {
    if (hint !== undefined) checkReleaseHint(hint)
    const record = ConnLease.#end(this, 'release')
    record.state?.engine.conns.release(record, hint?.idleTimeoutMs)
  }

  discard(error?: Error): void {
    const record = ConnLease.#end(this, 'discard')
    record.state?.engine.conns.discard(record, error)
  }

  detach(): Conn {
    const leases = this.#record?.state === undefined ? 0 : this.#record.leases
    if (leases > 1) {
      throw new TypeError(`detach() of a connection with ${leases} leases, not this one alone`)
    }
    const record = ConnLease.#end(this, 'detach')
    record.state?.engine.conns.detach(record)
    return this.conn
  }

  [Symbol.dispose](): void {
    if (this.#record !== undefined) this.release()
  }

  static {
    // A promise that resolves with a lease looks for this, and here the search is over.
    Object.defineProperty(ConnLease.prototype, 'then', { value: undefined })
  }

  /** Whether `release`, `discard` or `detach` was called. */
  get ended(): boolean {
    return this.#record === undefined
  }

  // Static, as a private method of each lease would cost each lease a mark that it may be called.
  static #end<Target, Conn extends object>(
    lease: ConnLease<Target, Conn>,
    how: string,
  ): PooledConn<Target, Conn> {
    const record = lease.#record
    if (record === undefined) {
      throw new PoolError('ERR_POOL_LEASE_FINISHED', `${how}() of a lease that has ended already`, {
        key: lease.key,
      })
    }
    lease.#record = undefined
    return record
  }
}
