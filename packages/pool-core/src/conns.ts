import { closeConn } from './adapter.ts'
import { bug } from './bug.ts'
import { rethrowLater } from './call-queue.ts'
import type { CloseReason } from './close-reason.ts'
import type { Dial } from './dial.ts'
import type { Engine } from './engine.ts'
import { IdleConns } from './idle-conns.ts'
import type { KeyState } from './key-state.ts'
import { ConnLease, NOT_IDLE } from './lease.ts'
import { checkShare } from './options.ts'
import { PooledConn, type Retirement, wornOut } from './pooled-conn.ts'
import { emit } from './trace.ts'

/** The open connections: lends them, takes them back, and ends them. */
export class Conns<Target, Conn extends object> {
  open = 0
  leases = 0
  readonly idle: IdleConns<Target, Conn>
  readonly #records = new Map<Conn, PooledConn<Target, Conn>>()
  readonly #engine: Engine<Target, Conn>
  // What each hand-over asks of the options and the adapter, answered once.
  readonly #asksIfBroken: boolean
  readonly #agesOut: boolean
  readonly #keepsUnasked: boolean
  readonly #reuse: boolean
  readonly #maxUses: number
  readonly #idleOrder: 'lifo' | 'fifo'
  readonly #callClose: (record: PooledConn<Target, Conn>, reason: CloseReason) => void

  constructor(engine: Engine<Target, Conn>) {
    this.#engine = engine
    const { idleOrder, maxLifetimeMs, maxUses, reuse } = engine.settings
    this.idle = new IdleConns(engine)
    this.#asksIfBroken = engine.adapter.isBroken !== undefined
    this.#agesOut = maxLifetimeMs !== Number.POSITIVE_INFINITY
    this.#reuse = reuse
    this.#keepsUnasked = reuse && !this.#asksIfBroken && !this.#agesOut
    this.#maxUses = maxUses
    this.#idleOrder = idleOrder
    this.#callClose = (record, reason) => {
      const conn = record.takeConn()
      if (conn !== undefined) closeConn(engine.adapter, conn, reason)
    }
  }

  has(conn: Conn): boolean {
    return this.#records.has(conn)
  }

  /** Until when a connection that opens now may live; drawn once for each. */
  drawLifetime(): number | undefined {
    const { maxLifetimeMs, lifetimeJitter, random } = this.#engine.settings
    if (maxLifetimeMs === Number.POSITIVE_INFINITY) return undefined
    let share = 0
    try {
      share = random()
      checkShare('what options.random() returns', share)
    } catch (error) {
      rethrowLater(error)
      share = 0
    }
    return this.#engine.now() + maxLifetimeMs * (1 - lifetimeJitter * share)
  }

  records(): Iterable<PooledConn<Target, Conn>> {
    return this.#records.values()
  }

  /** Books the connection that a dial has brought; who gets it is still open. */
  add(
    dial: Dial<Target, Conn>,
    state: KeyState<Target, Conn>,
    conn: Conn,
    livesUntil: number | undefined,
  ): PooledConn<Target, Conn> {
    const record = new PooledConn(state, conn, this.#usable(dial.capacity), livesUntil)
    dial.link.handTo(record)
    this.#records.set(conn, record)
    this.open++
    state.open++
    this.#engine.totals.opened++
    return record
  }

  /** The connection that the next want of this key may have; those found unfit on the way are closed. */
  ready(state: KeyState<Target, Conn>, now: number): PooledConn<Target, Conn> | undefined {
    const record = state.next(this.#idleOrder)
    if (record === undefined) return undefined
    const isFit = record.leases === 0 && !record.isPastDue(now)
    return isFit && !this.#asksIfBroken ? record : this.#firstFit(state, now)
  }

  #firstFit(state: KeyState<Target, Conn>, now: number): PooledConn<Target, Conn> | undefined {
    for (;;) {
      const record = state.next(this.#idleOrder)
      if (record === undefined) return undefined
      const reason = this.#unfitToLend(record, now)
      // Asking the adapter may have changed everything: the pool and the record are looked at again.
      if (this.#asksIfBroken) {
        if (this.#engine.isClosed) return undefined
        if (!record.hasRoom) continue
      }
      if (reason === undefined) return record
      this.retire(record, reason)
    }
  }

  lend(
    record: PooledConn<Target, Conn>,
    state: KeyState<Target, Conn>,
    now: number,
  ): ConnLease<Target, Conn> {
    const idleMs = record.shelf === undefined ? NOT_IDLE : this.#unshelveToLend(record, state, now)
    const { uses } = record
    record.uses = uses + 1
    record.leases++
    state.leases++
    this.leases++
    if (uses + 1 >= this.#maxUses) record.retired = wornOut
    else if (record.leases < record.capacity) state.shelve(record)
    return new ConnLease(record, state.key, uses > 0, idleMs)
  }

  /** How long it has been idle, in ms. */
  #unshelveToLend(
    record: PooledConn<Target, Conn>,
    state: KeyState<Target, Conn>,
    now: number,
  ): number {
    const wasIdle = record.leases === 0
    if (wasIdle) this.idle.list.take()
    state.unshelve(record)
    // Asking the adapter may have taken time, and the connection may have become idle in it.
    return wasIdle ? Math.max(now - record.idleAt, 0) : NOT_IDLE
  }

  release(record: PooledConn<Target, Conn>, idleTimeoutMs: number | undefined): void {
    const isKept = this.#keepsUnasked && record.retired === undefined && !this.#engine.isClosed
    const reason = isKept ? undefined : this.#unfitToKeep(record)
    const { state } = record
    // Asking the adapter may have ended it.
    if (state === undefined) return
    this.#endLease(record, state)
    if (reason !== undefined) this.retire(record, reason)
    else this.place(record, state, idleTimeoutMs)
    this.#engine.finish()
  }

  discard(record: PooledConn<Target, Conn>, error: Error | undefined): void {
    this.#endLease(record, this.#stateOf(record))
    this.retire(record, 'discarded', error)
    this.#engine.finish()
  }

  detach(record: PooledConn<Target, Conn>): void {
    this.#forget(record, this.#stateOf(record))
    record.takeConn()
    this.#engine.totals.detached++
    this.#engine.finish()
  }

  /** Finds a use for a connection that has lost a lease or has just come: the line, or the shelf. */
  place(
    record: PooledConn<Target, Conn>,
    state: KeyState<Target, Conn>,
    idleTimeoutMs?: number | undefined,
  ): void {
    if (record.retired !== undefined) {
      this.#closeIfUnused(record, record.retired)
    } else if (this.#engine.dialer.holdsBack && this.#isNeededElsewhere(record, state)) {
      this.retire(record, 'evicted')
    } else {
      if (state.line.first !== undefined) this.#serve(record, state)
      if (record.leases === 0) this.idle.put(record, state, idleTimeoutMs)
      else if (record.shelf === undefined && record.hasRoom) state.shelve(record)
    }
  }

  /** No new leases; closed now if it has none, else when the last one ends. The first reason stays. */
  retire(record: PooledConn<Target, Conn>, reason: CloseReason, error?: Error | undefined): void {
    this.#unshelve(record, this.#stateOf(record))
    this.#closeIfUnused(record, record.retireFor(reason, error))
  }

  drain(record: PooledConn<Target, Conn>): void {
    this.retire(record, 'drained')
    this.#engine.finish()
  }

  /** The adapter says that it is gone: its place is free, whoever holds a lease on it. */
  lost(record: PooledConn<Target, Conn>, error: Error | undefined): void {
    const retired = record.retireFor('closed-by-peer', error)
    this.#bookClosed(record, retired.reason, retired.error ?? error)
    record.takeConn()
    this.#engine.finish()
  }

  setCapacity(record: PooledConn<Target, Conn>, capacity: number): void {
    const state = this.#stateOf(record)
    const room = this.#usable(capacity)
    // Before it serves those who wait: it may have broken or aged since its last lease.
    const serves = state.line.size > 0 && record.retired === undefined && room > record.leases
    const reason = serves ? this.#unfitToLend(record, this.#engine.now()) : undefined
    if (record.state === undefined) return
    // An idle one keeps its place: being told something is no use.
    if (!record.isIdle) state.unshelve(record)
    record.capacity = room
    if (room > 0) state.expected = room
    if (record.hasRoom && record.shelf === undefined) state.shelve(record)
    if (reason !== undefined) this.retire(record, reason)
    else this.#serve(record, state)
    this.#engine.touch(state)
    this.#engine.finish()
  }

  /** The pool is destroyed: leased ones go too. */
  closeAll(error: Error | undefined): void {
    for (const record of this.#records.values()) {
      const retired = record.retireFor('pool-closed', error)
      this.#close(record, retired.reason, retired.error ?? error)
    }
  }

  isBroken(conn: Conn): boolean {
    try {
      return this.#engine.adapter.isBroken?.(conn) === true
    } catch (error) {
      rethrowLater(error)
      return true
    }
  }

  /** Whether it should end so that a key which `maxTotal` holds back can dial. */
  #isNeededElsewhere(record: PooledConn<Target, Conn>, state: KeyState<Target, Conn>): boolean {
    if (state.line.size === 0) return record.leases === 0
    // A hand-over is what it must be about to do; one that is full goes on.
    return record.hasRoom && this.#engine.dialer.isClaimedFrom(state)
  }

  /** The line first, oldest first, while there is room. */
  #serve(record: PooledConn<Target, Conn>, state: KeyState<Target, Conn>): void {
    const { wants } = this.#engine
    for (
      let want = state.line.first;
      want !== undefined && record.hasRoom;
      want = state.line.first
    ) {
      wants.deliver(want, record)
    }
  }

  #unfitToLend(record: PooledConn<Target, Conn>, now: number): CloseReason | undefined {
    if (this.#asksIfBroken && this.isBroken(record.conn)) return 'broken'
    const reason = record.overdue(now)
    if (reason !== undefined || record.leases === 0 || record.state === undefined) return reason
    return this.#engine.dialer.isClaimedFrom(record.state) ? 'evicted' : undefined
  }

  #unfitToKeep(record: PooledConn<Target, Conn>): CloseReason | undefined {
    const isBroken =
      this.#asksIfBroken && record.retired === undefined && this.isBroken(record.conn)
    if (this.#engine.isClosed) return 'pool-closed'
    if (!this.#reuse) return 'reuse-off'
    if (isBroken) return 'broken'
    if (record.retired !== undefined) return undefined
    return this.#agesOut ? record.overdue(this.#engine.now()) : undefined
  }

  #endLease(record: PooledConn<Target, Conn>, state: KeyState<Target, Conn>): void {
    if (record.shelf !== undefined) state.unshelve(record)
    record.leases--
    state.leases--
    this.leases--
  }

  #closeIfUnused(record: PooledConn<Target, Conn>, { reason, error }: Retirement): void {
    if (record.leases === 0) this.#close(record, reason, error)
  }

  #close(record: PooledConn<Target, Conn>, reason: CloseReason, error: Error | undefined): void {
    this.#bookClosed(record, reason, error)
    this.#engine.calls.add(this.#callClose, record, reason)
  }

  #bookClosed(
    record: PooledConn<Target, Conn>,
    reason: CloseReason,
    error: Error | undefined,
  ): void {
    const { totals, calls, settings } = this.#engine
    const state = this.#stateOf(record)
    const { conn } = record
    this.#forget(record, state)
    totals.closed[reason]++
    if (settings.trace === undefined) return
    const event = { key: state.key, conn, reason }
    emit(calls, settings.trace, 'connClosed', error === undefined ? event : { ...event, error })
  }

  /** Takes it out of the books: closed, lost or detached. Its place is free. */
  #forget(record: PooledConn<Target, Conn>, state: KeyState<Target, Conn>): void {
    this.#unshelve(record, state)
    this.idle.list.remove(record)
    this.#engine.deadlines.clear(record)
    this.#records.delete(record.conn)
    this.open--
    state.open--
    this.leases -= record.leases
    state.leases -= record.leases
    record.state = undefined
    this.#engine.touch(state)
    this.#engine.warming.roomMade()
    this.#engine.settleIfAllClosed()
  }

  #unshelve(record: PooledConn<Target, Conn>, state: KeyState<Target, Conn>): void {
    if (record.isIdle) this.idle.list.take()
    state.unshelve(record)
  }

  #stateOf(record: PooledConn<Target, Conn>): KeyState<Target, Conn> {
    return record.state ?? bug('a connection that is gone was asked to change')
  }

  /** Without reuse, nothing is shared. */
  #usable(capacity: number): number {
    return this.#reuse ? capacity : Math.min(capacity, 1)
  }
}
