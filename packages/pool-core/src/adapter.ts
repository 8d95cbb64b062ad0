import type { CloseReason } from './close-reason.ts'

/**
 * What a pool must know about one kind of connection. A plain object; its methods are called on it.
 *
 * The pool calls an adapter only when its own books are in order, so an adapter may call the pool
 * from any of its methods.
 */
export interface Adapter<Target, Conn extends object> {
  /** Connections dialed for targets with equal keys are interchangeable. Pure and cheap. */
  key(target: Target): string

  /**
   * Opens one connection and resolves with it once it is usable; an object that no other dial has
   * brought. Stops and cleans up when `link.signal` aborts. What it rejects with reaches the
   * caller untouched. One that throws counts as rejected.
   */
  dial(target: Target, link: Link): PromiseLike<Conn>

  /**
   * Ends a connection now. Called at most once for each, and not after `lease.detach()` nor after
   * `link.closed()`. Must not throw.
   */
  close(conn: Conn, reason: CloseReason): void

  /** A synchronous, cheap look before reuse: true means never hand it out again. Default: false. */
  isBroken?(conn: Conn): boolean

  /** It became idle (unref it, watch it). Not called when a want takes it straight away. */
  onIdle?(conn: Conn): void

  /** It is about to be used again. Called once for each `onIdle`, unless the connection is closed first. */
  onLease?(conn: Conn): void

  /**
   * How many leases a fresh connection will probably carry: a whole number above 0, or `Infinity`.
   * The pool dials no more than needed for that and learns the rest. Asked only while the pool has
   * no connection of the key to tell. Default: 1.
   */
  expectedCapacity?(target: Target): number
}

/**
 * One dial's line back to the pool, and later its connection's. Safe to call at any time: before
 * the dial has settled, twice, after `close`.
 */
export interface Link {
  /** Aborted, with the reason, when the pool has no more use for this dial. Never after it has succeeded. */
  readonly signal: AbortSignal

  /** The connection is gone (peer closed, reset). Idle: forgotten. Leased: its place is free at once. */
  closed(error?: Error): void

  /** No new leases; closed when the last one ends. */
  drain(): void

  /**
   * Leases it may carry at once, from now on: a whole number, or `Infinity`. 1 unless told
   * otherwise; 0 pauses it. Leases above a lowered capacity go on.
   */
  setCapacity(capacity: number): void
}

/** `adapter.close`, which must not throw: what it throws is put in words for its author. */
export function closeConn<Target, Conn extends object>(
  adapter: Adapter<Target, Conn>,
  conn: Conn,
  reason: CloseReason,
): void {
  try {
    adapter.close(conn, reason)
  } catch (cause) {
    throw new Error(`adapter.close() must not throw, and did (reason: ${reason})`, { cause })
  }
}
