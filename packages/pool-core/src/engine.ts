import type { Adapter } from './adapter.ts'
import { CallQueue, rethrowLater } from './call-queue.ts'
import { Timeline } from './clock.ts'
import { Conns } from './conns.ts'
import { Deadlines } from './deadlines.ts'
import { Dialer } from './dialer.ts'
import { PoolError } from './errors.ts'
import { KeyState } from './key-state.ts'
import type { Lease } from './lease.ts'
import { checkCapacity, type Settings, wrongType } from './options.ts'
import { type KeyStats, newTotals, type PoolStats, snapshot, type Totals } from './stats.ts'
import { Wants } from './wants.ts'
import { Warming } from './warming.ts'

const nothing: KeyStats = Object.freeze({
  open: 0,
  idle: 0,
  leased: 0,
  leases: 0,
  dialing: 0,
  waiting: 0,
  keys: 0,
})

/**
 * The synchronous core: the state of one pool, and the three who change it: {@link Wants},
 * {@link Dialer} and {@link Conns}.
 *
 * Each transition is one synchronous method of theirs. It notes which keys it touched and which
 * calls it owes, and ends with {@link finish}: dials that the touched keys lack are begun, keys
 * with nothing left are dropped, and then the calls are made.
 */
export class Engine<Target, Conn extends object> {
  readonly adapter: Adapter<Target, Conn>
  readonly settings: Settings<Conn>
  readonly keys: Map<string, KeyState<Target, Conn>> = new Map()
  readonly totals: Totals = newTotals()
  readonly calls: CallQueue = new CallQueue()
  readonly deadlines: Deadlines
  readonly wants: Wants<Target, Conn>
  readonly dialer: Dialer<Target, Conn>
  readonly conns: Conns<Target, Conn>
  readonly warming: Warming<Target, Conn>
  /** Set for good by `close` and `destroy`. */
  isClosed = false
  /** Called once when the pool is closed and nothing is open any more. */
  onAllClosed: (() => void) | undefined = undefined
  readonly #timeline: Timeline
  #touched: KeyState<Target, Conn> | undefined = undefined

  constructor(adapter: Adapter<Target, Conn>, settings: Settings<Conn>) {
    this.adapter = adapter
    this.settings = settings
    this.#timeline = new Timeline(settings.clock)
    this.deadlines = new Deadlines(
      settings.clock,
      () => this.now(),
      () => this.#lookAtWhatIsDue(),
    )
    this.wants = new Wants(this)
    this.dialer = new Dialer(this)
    this.conns = new Conns(this)
    this.warming = new Warming(this)
  }

  /** The pool's time in ms: 0 at its construction, and never back. */
  now(): number {
    return this.#timeline.now()
  }

  keyOf(target: Target): string {
    const key: unknown = this.adapter.key(target)
    if (typeof key !== 'string') throw wrongType('what adapter.key() returns', 'a string', key)
    return key
  }

  /** The room that a key's first dial will probably bring; until a connection tells, the adapter does. */
  expectedCapacity(target: Target): number {
    if (!this.settings.reuse || this.adapter.expectedCapacity === undefined) return 1
    const expected = this.adapter.expectedCapacity(target)
    checkCapacity('what adapter.expectedCapacity() returns', expected, 1)
    return expected
  }

  /** All that is known of a key; made when there is something to know. */
  stateOf(key: string, expected: number): KeyState<Target, Conn> {
    const known = this.keys.get(key)
    if (known !== undefined) return known
    const state = new KeyState<Target, Conn>(this, key, expected)
    this.keys.set(key, state)
    return state
  }

  /** What is ready now for this target, without a want. */
  tryAcquire(target: Target): Lease<Conn> | undefined {
    const key = this.keyOf(target)
    if (this.isClosed) return undefined
    const state = this.keys.get(key)
    const lease = state === undefined ? undefined : this.wants.takeReady(state)
    this.finish()
    return lease
  }

  /** The key is looked at when the transition is over: it may lack a dial, or be empty. */
  touch(state: KeyState<Target, Conn>): void {
    if (state.touched) return
    state.touched = true
    state.nextTouched = this.#touched
    this.#touched = state
  }

  /** Ends a transition. */
  finish(): void {
    if (this.#touched !== undefined || this.dialer.holdsBack) this.#settleKeys()
    this.calls.flush()
  }

  closeIdle(key: string | undefined): number {
    let closed = 0
    for (const state of this.#statesOf(key)) {
      closed += this.conns.idle.closeAll(state)
      this.dialer.abortUnwanted(state)
    }
    this.finish()
    return closed
  }

  /** Ends all that waits and all that is idle, for good. */
  close(error: unknown): void {
    this.#endWaiting(error)
    this.settleIfAllClosed()
    this.finish()
  }

  /** Ends what is leased, too. */
  destroy(error: Error | undefined): void {
    this.#endWaiting(error ?? this.closedError())
    this.conns.closeAll(error)
    this.finish()
  }

  settleIfAllClosed(): void {
    if (!this.isClosed || this.conns.open > 0 || this.onAllClosed === undefined) return
    this.calls.add(this.onAllClosed, undefined, undefined)
    this.onAllClosed = undefined
  }

  closedError(key?: string): PoolError {
    return new PoolError('ERR_POOL_CLOSED', 'the pool is closed', { key })
  }

  /** Tells the adapter now; its own faults become uncaught errors and change nothing here. */
  callOnLease(conn: Conn): void {
    try {
      this.adapter.onLease?.(conn)
    } catch (error) {
      rethrowLater(error)
    }
  }

  stats(): PoolStats {
    const { conns, dialer, wants } = this
    return Object.freeze({
      open: conns.open,
      idle: conns.idle.size,
      leased: conns.open - conns.idle.size,
      leases: conns.leases,
      dialing: dialer.dialing,
      waiting: wants.waiting,
      keys: this.keys.size,
      totals: snapshot(this.totals),
    })
  }

  keyStats(key: string): KeyStats {
    return this.keys.get(key)?.stats() ?? nothing
  }

  #endWaiting(error: unknown): void {
    if (this.isClosed) return
    this.isClosed = true
    this.deadlines.stop()
    for (const state of this.keys.values()) {
      this.dialer.abortAll(state, error)
      this.wants.failAll(state, error)
      this.conns.idle.closeAll(state, 'pool-closed')
    }
  }

  #statesOf(key: string | undefined): KeyState<Target, Conn>[] {
    if (key === undefined) return [...this.keys.values()]
    const state = this.keys.get(key)
    return state === undefined ? [] : [state]
  }

  #settleKeys(): void {
    do {
      for (let state = this.#touched; state !== undefined; state = this.#touched) {
        this.#touched = state.nextTouched
        state.nextTouched = undefined
        state.touched = false
        if (state.isDropped) continue
        if (!this.isClosed) {
          this.dialer.balance(state)
          this.warming.note(state)
        }
        if (state.isEmpty) this.#drop(state)
      }
    } while (!this.isClosed && (this.dialer.grantPlace() || this.warming.next()))
  }

  #drop(state: KeyState<Target, Conn>): void {
    state.isDropped = true
    this.keys.delete(state.key)
    // An armed timer would keep a pool alive that nobody has any more.
    if (this.keys.size === 0) this.deadlines.stop()
  }

  #lookAtWhatIsDue(): void {
    const now = this.now()
    for (
      let due = this.deadlines.takeDue(now);
      due !== undefined;
      due = this.deadlines.takeDue(now)
    ) {
      due.onDue(now)
    }
    this.finish()
  }
}
