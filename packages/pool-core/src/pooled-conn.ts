import type { CloseReason } from './close-reason.ts'
import type { LinkEnd } from './dial-link.ts'
import type { KeyState } from './key-state.ts'
import type { Linked } from './linked-list.ts'
import type { DueLinks, Timed } from './timing-wheel.ts'

/** Why a connection gets no new leases; it is closed for this when its last lease ends. */
export interface Retirement {
  readonly reason: CloseReason
  readonly error: Error | undefined
}

/** It is having its last lease. It may come to a worse end than that. */
export const wornOut: Retirement = { reason: 'max-uses', error: undefined }

/** One of its key's lists that a connection can stand in: idle, or leased with room for more. */
export interface Shelf<Target, Conn extends object> {
  remove(conn: PooledConn<Target, Conn>): void
}

/**
 * The pool's record of one open connection.
 *
 * dialing → leased ⇄ idle → closed. It is idle when it has no lease, and retired when it will get
 * no new ones. Once it is closed, reset by its peer or detached it is gone: `state` is undefined,
 * and whoever still holds the record (a lease, the adapter's link) can do nothing with it.
 */
export class PooledConn<Target, Conn extends object>
  implements Timed, LinkEnd, Linked<PooledConn<Target, Conn>>
{
  conn: Conn
  state: KeyState<Target, Conn> | undefined
  capacity: number
  leases = 0
  /** Leases that it has served or is serving. */
  uses = 0
  retired: Retirement | undefined = undefined
  shelf: Shelf<Target, Conn> | undefined = undefined
  /** The adapter was told that it is idle, and must be told when it is used again. */
  toldIdle = false
  idleAt = 0
  /** Undefined: for ever. */
  livesUntil: number | undefined
  prev: PooledConn<Target, Conn> | undefined = undefined
  next: PooledConn<Target, Conn> | undefined = undefined
  colder: PooledConn<Target, Conn> | undefined = undefined
  warmer: PooledConn<Target, Conn> | undefined = undefined
  /** When its time is over, if it is idle; never, if it is not in the wheel then. */
  dueAt = 0
  prevDue: DueLinks | undefined = undefined
  nextDue: DueLinks | undefined = undefined

  constructor(
    state: KeyState<Target, Conn>,
    conn: Conn,
    capacity: number,
    livesUntil: number | undefined,
  ) {
    this.state = state
    this.conn = conn
    this.capacity = capacity
    this.livesUntil = livesUntil
  }

  /** Among the idle ones of the pool, as any that is on a shelf without a lease. */
  get isIdle(): boolean {
    return this.leases === 0 && this.shelf !== undefined
  }

  get hasRoom(): boolean {
    return this.leases < this.capacity && this.retired === undefined && this.state !== undefined
  }

  /** The first reason stays, unless that is only that its last lease has begun. */
  retireFor(reason: CloseReason, error: Error | undefined): Retirement {
    if (this.retired === undefined || this.retired === wornOut) this.retired = { reason, error }
    return this.retired
  }

  /** Its time is over at this moment: its life, or as long as it may be idle. */
  overdue(now: number): CloseReason | undefined {
    if (this.livesUntil !== undefined && now >= this.livesUntil) return 'lifetime'
    return this.leases === 0 && this.isPastDue(now) ? 'idle-timeout' : undefined
  }

  isPastDue(now: number): boolean {
    return now >= this.dueAt && this.nextDue !== undefined
  }

  onDue(now: number): void {
    // One that is in use stays out of the wheel until it is idle again.
    if (this.leases > 0) return
    const isOld = this.livesUntil !== undefined && now >= this.livesUntil
    this.state?.engine.conns.retire(this, isOld ? 'lifetime' : 'idle-timeout')
  }

  /**
   * What is left to close of a connection that is in no book any more, once. The record lets it go:
   * an adapter may keep its link, and so this record, for ever.
   */
  takeConn(): Conn | undefined {
    const { conn } = this
    this.conn = undefined as never
    return conn
  }

  /** A connection's dial was not aborted, and will not be. */
  get signal(): AbortSignal {
    return new AbortController().signal
  }

  closed(error?: Error): void {
    if (this.state === undefined) this.takeConn()
    else this.state.engine.conns.lost(this, error)
  }

  drain(): void {
    this.state?.engine.conns.drain(this)
  }

  setCapacity(capacity: number): void {
    this.state?.engine.conns.setCapacity(this, capacity)
  }
}
