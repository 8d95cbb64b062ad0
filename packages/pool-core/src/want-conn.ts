import type { Dial } from './dial.ts'
import type { KeyState } from './key-state.ts'
import type { ConnLease, Lease } from './lease.ts'
import type { DueLinks, Timed } from './timing-wheel.ts'
import type { PoolTrace } from './trace.ts'

/**
 * How a want ends: with a lease, or with an error (which may be any value, `undefined` included,
 * if that was an abort's reason). Called exactly once, and never before `want()` has returned.
 * What it throws becomes an uncaught error of its own.
 */
export type Settle<Conn> = (error: unknown, lease?: Lease<Conn>) => void

/** A wish for a connection, as its caller sees it. */
export interface Want {
  readonly key: string
  /** Not settled yet. False from the moment the pool has decided, even before the callback has run. */
  readonly waiting: boolean
  /**
   * Stops wanting: settles with the reason, or with `ERR_POOL_CANCELED` if that is `undefined`.
   * Returns true if it was still waiting; otherwise it does nothing. A dial begun for it goes on.
   */
  cancel(reason?: unknown): boolean
}

/**
 * One caller's wish for a connection.
 *
 * A connection given back, a dial finishing (its own or another's) and the caller giving up race to
 * settle it. The first wins: `letGo` is called once, and then all that it referred to is gone. A
 * want that its caller keeps for ever keeps nothing else.
 */
export class WantConn<Target, Conn extends object> implements Want {
  readonly key: string
  /** Its age: wants are numbered as they are stated. */
  readonly number: number
  /** The pool's time; 0 where nobody will ask for it. */
  readonly statedAt: number
  target: Target | undefined
  /** What few wants have. */
  terms: WantTerms<Target, Conn> | undefined
  /** Where it waits; undefined before and after. */
  state: KeyState<Target, Conn> | undefined = undefined
  prev: WantConn<Target, Conn> | undefined = undefined
  next: WantConn<Target, Conn> | undefined = undefined
  /** The dial begun for it. */
  dial: Dial<Target, Conn> | undefined = undefined
  /** `want()` has not returned yet, so its callback must wait a moment. */
  held = false
  /** How it ends: a callback, or a promise's two functions. */
  settle: Settle<Conn> | undefined = undefined
  resolve: ((lease: ConnLease<Target, Conn>) => void) | undefined = undefined
  reject: ((error: unknown) => void) | undefined = undefined

  constructor(
    key: string,
    number: number,
    statedAt: number,
    target: Target | undefined,
    terms: WantTerms<Target, Conn> | undefined,
  ) {
    // What its end changes stands together: in a long line each part of it is a miss of the cache.
    this.target = target
    this.terms = terms
    this.key = key
    this.number = number
    this.statedAt = statedAt
  }

  get waiting(): boolean {
    return this.state !== undefined
  }

  get trace(): PoolTrace<Conn> | undefined {
    return this.terms?.trace
  }

  cancel(reason?: unknown): boolean {
    if (this.state === undefined) return false
    this.state.engine.wants.cancel(this, reason)
    return true
  }

  /** The signal's listener is the want itself: no closure to make, and one object to let go. */
  handleEvent(): void {
    this.state?.engine.wants.abort(this)
  }

  /** It has settled: it refers to nothing any more. */
  letGo(): void {
    this.target = undefined
    this.terms = undefined
    this.state = undefined
    this.dial = undefined
    this.settle = undefined
    this.resolve = undefined
    this.reject = undefined
  }
}

/** What a caller has asked for beyond a connection, apart from the want, as most ask for nothing. */
export class WantTerms<Target, Conn extends object> implements Timed {
  dueAt = 0
  prevDue: DueLinks | undefined = undefined
  nextDue: DueLinks | undefined = undefined
  want: WantConn<Target, Conn> | undefined = undefined
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly trace: PoolTrace<Conn> | undefined

  constructor(
    timeoutMs: number,
    signal: AbortSignal | undefined,
    trace: PoolTrace<Conn> | undefined,
  ) {
    this.timeoutMs = timeoutMs
    this.signal = signal
    this.trace = trace
  }

  onDue(): void {
    const { want } = this
    want?.state?.engine.wants.timeOut(want, want.state, this.timeoutMs)
  }
}
