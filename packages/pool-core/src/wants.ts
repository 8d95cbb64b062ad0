import { bug } from './bug.ts'
import type { Engine } from './engine.ts'
import { withoutStack } from './errors.ts'
import type { KeyState } from './key-state.ts'
import type { ConnLease } from './lease.ts'
import type { AcquireOptions } from './options.ts'
import type { PooledConn } from './pooled-conn.ts'
import { emit, type PoolTrace } from './trace.ts'
import { type Settle, WantConn, WantTerms } from './want-conn.ts'
import { lineFull, wantTimeout } from './want-errors.ts'

/** How a want ends without a connection; each has its own count. */
export type Failure = 'failed' | 'canceled' | 'timedOut' | 'refused'

/** The wants: states them, and settles each exactly once. */
export class Wants<Target, Conn extends object> {
  waiting = 0
  /** The number of the next want, and so an age that no want has reached. */
  nextNumber = 0
  readonly #engine: Engine<Target, Conn>
  /** Somebody may ask how long a want has waited. */
  readonly #stamps: boolean
  readonly #isTraced: boolean
  /** A hand-out is dated even if nothing was idle. */
  readonly #datesAll: boolean
  readonly #timesOut: boolean
  readonly #maxWaiting: number
  readonly #maxPerKey: number
  readonly #callOnLease: (conn: Conn) => void

  constructor(engine: Engine<Target, Conn>) {
    const { acquireTimeoutMs, maxLifetimeMs, maxPerKey, maxTotal, maxWaiting, trace } =
      engine.settings
    this.#engine = engine
    this.#callOnLease = (conn) => engine.adapter.onLease?.(conn)
    this.#isTraced = trace !== undefined
    this.#datesAll = this.#isTraced || maxLifetimeMs !== Number.POSITIVE_INFINITY
    this.#timesOut = acquireTimeoutMs !== Number.POSITIVE_INFINITY
    this.#maxWaiting = maxWaiting
    this.#maxPerKey = maxPerKey
    this.#stamps = this.#isTraced || maxTotal !== Number.POSITIVE_INFINITY
  }

  /** What is ready now, without anybody having to wait; undefined if that is nothing. */
  takeReady(
    state: KeyState<Target, Conn>,
    trace?: PoolTrace<Conn> | undefined,
  ): ConnLease<Target, Conn> | undefined {
    const engine = this.#engine
    // What has no use for the time does not ask for it: a look at the clock is dear.
    const now = state.idle > 0 || this.#datesAll || trace !== undefined ? engine.now() : 0
    const record = engine.conns.ready(state, now)
    if (record === undefined) return undefined
    const lease = engine.conns.lend(record, state, now)
    engine.totals.wants++
    this.#bookGot(lease)
    if (this.#isTraced || trace !== undefined) {
      this.#traceStated(lease.key, trace)
      this.#traceGot(lease, record, trace, now)
    }
    if (record.toldIdle) {
      // At once, not in its turn: the caller has the connection when the hand-out returns.
      record.toldIdle = false
      engine.callOnLease(record.conn)
    }
    return lease
  }

  /** The promise form: what is ready now, without a want, or else a want of its own. */
  acquire(
    target: Target,
    options: AcquireOptions<Conn> | undefined,
  ): Promise<ConnLease<Target, Conn>> {
    const engine = this.#engine
    const key = engine.keyOf(target)
    const state = engine.keys.get(key) ?? this.#open(key, target, options)
    const lease = this.#takeIfFirst(state, options)
    if (lease !== undefined) {
      engine.finish()
      return Promise.resolve(lease)
    }
    const want = this.#newWant(key, target, options)
    const promise = new Promise<ConnLease<Target, Conn>>((resolve, reject) => {
      want.resolve = resolve
      want.reject = reject
    })
    this.#begin(want, state, options)
    return promise
  }

  /** The callback form. The callback waits until this has returned. */
  state(
    target: Target,
    settle: Settle<Conn>,
    options: AcquireOptions<Conn> | undefined,
  ): WantConn<Target, Conn> {
    const engine = this.#engine
    const key = engine.keyOf(target)
    const state = engine.keys.get(key) ?? this.#open(key, target, options)
    const lease = this.#takeIfFirst(state, options)
    if (lease !== undefined) {
      this.#callBack(settle, true, undefined, lease)
      engine.finish()
      return new WantConn<Target, Conn>(key, 0, 0, undefined, undefined)
    }
    const want = this.#newWant(key, target, options)
    want.settle = settle
    want.held = true
    this.#begin(want, state, options)
    want.held = false
    return want
  }

  /** A connection settles it; with that it refers to nothing any more. */
  deliver(want: WantConn<Target, Conn>, record: PooledConn<Target, Conn>): void {
    const { state, terms } = want
    if (state === undefined) bug('a want that does not wait cannot get a connection')
    const engine = this.#engine
    const lease = engine.conns.lend(record, state, record.isIdle ? engine.now() : 0)
    this.#bookGot(lease)
    if (this.#isTraced || terms !== undefined) {
      this.#traceGot(lease, record, terms?.trace, want.statedAt)
    }
    if (record.toldIdle) {
      record.toldIdle = false
      engine.calls.add(this.#callOnLease, record.conn, undefined)
    }
    this.#settle(want, undefined, lease)
  }

  /** An error settles it; with that it refers to nothing any more. */
  fail(want: WantConn<Target, Conn>, error: unknown, failure: Failure): void {
    const { calls, settings, totals } = this.#engine
    const { trace } = want
    totals[failure]++
    if (settings.trace !== undefined || trace !== undefined) {
      const event = { key: want.key, error, waitedMs: this.#engine.now() - want.statedAt }
      emit(calls, settings.trace, 'wantFailed', event)
      emit(calls, trace, 'wantFailed', event)
    }
    this.#settle(want, error, undefined)
  }

  cancel(want: WantConn<Target, Conn>, reason: unknown): void {
    const error =
      reason === undefined
        ? withoutStack('ERR_POOL_CANCELED', 'the want was canceled', { key: want.key })
        : reason
    this.fail(want, error, 'canceled')
    this.#engine.finish()
  }

  abort(want: WantConn<Target, Conn>): void {
    this.fail(want, want.terms?.signal?.reason, 'canceled')
    this.#engine.finish()
  }

  timeOut(want: WantConn<Target, Conn>, state: KeyState<Target, Conn>, ms: number): void {
    this.fail(want, wantTimeout(want, state, ms), 'timedOut')
  }

  failAll(state: KeyState<Target, Conn>, error: unknown): void {
    for (let want = state.line.first; want !== undefined; want = state.line.first) {
      this.fail(want, error, 'failed')
    }
  }

  /** A key's state is made once the adapter has said what to expect of it; that it may stay empty is no harm. */
  #open(
    key: string,
    target: Target,
    options: AcquireOptions<Conn> | undefined,
  ): KeyState<Target, Conn> | undefined {
    const engine = this.#engine
    if (engine.isClosed || options?.signal?.aborted) return undefined
    const state = engine.stateOf(key, engine.expectedCapacity(target))
    engine.touch(state)
    return state
  }

  /** Nobody overtakes those who wait; while anybody does, nothing is ready. */
  #takeIfFirst(
    state: KeyState<Target, Conn> | undefined,
    options: AcquireOptions<Conn> | undefined,
  ): ConnLease<Target, Conn> | undefined {
    if (state === undefined || state.line.first !== undefined) return undefined
    if (this.#engine.isClosed || options?.signal?.aborted) return undefined
    return this.takeReady(state, options?.trace)
  }

  #newWant(
    key: string,
    target: Target,
    options: AcquireOptions<Conn> | undefined,
  ): WantConn<Target, Conn> {
    const terms = options === undefined && !this.#timesOut ? undefined : this.#termsOf(options)
    const stamps = this.#stamps || terms?.trace !== undefined
    return new WantConn(key, this.nextNumber++, stamps ? this.#engine.now() : 0, target, terms)
  }

  #termsOf(options: AcquireOptions<Conn> | undefined): WantTerms<Target, Conn> {
    const timeoutMs = options?.timeoutMs ?? this.#engine.settings.acquireTimeoutMs
    return new WantTerms(timeoutMs, options?.signal, options?.trace)
  }

  /** Puts it in line, unless its end is here already. */
  #begin(
    want: WantConn<Target, Conn>,
    state: KeyState<Target, Conn> | undefined,
    options: AcquireOptions<Conn> | undefined,
  ): void {
    const engine = this.#engine
    const signal = options?.signal
    engine.totals.wants++
    if (this.#isTraced || want.trace !== undefined) this.#traceStated(want.key, want.trace)
    if (engine.isClosed) this.fail(want, engine.closedError(want.key), 'refused')
    else if (signal?.aborted) this.fail(want, signal.reason, 'canceled')
    else this.#join(want, state ?? bug('a want has no key to wait for'))
    engine.finish()
  }

  /** The end of its key's line, if there is room in it. */
  #join(want: WantConn<Target, Conn>, known: KeyState<Target, Conn>): void {
    const engine = this.#engine
    // Asking the adapter may have emptied the key.
    const state = known.isDropped ? engine.stateOf(want.key, known.expected) : known
    if (state.line.size >= this.#maxWaiting) {
      this.fail(want, lineFull(want.key, this.#maxWaiting), 'refused')
      return
    }
    want.state = state
    state.line.push(want)
    this.waiting++
    if (engine.dialer.limitsAll || state.places < this.#maxPerKey) engine.touch(state)
    if (want.terms !== undefined) this.#heed(want, want.terms)
  }

  #heed(want: WantConn<Target, Conn>, terms: WantTerms<Target, Conn>): void {
    terms.want = want
    if (terms.signal !== undefined) this.#listen(want, terms.signal)
    if (terms.timeoutMs !== Number.POSITIVE_INFINITY) {
      this.#engine.deadlines.set(terms, this.#engine.now() + terms.timeoutMs)
    }
  }

  /** A signal that cannot be listened to makes this throw, and nobody has wanted anything. */
  #listen(want: WantConn<Target, Conn>, signal: AbortSignal): void {
    try {
      signal.addEventListener('abort', want)
    } catch (error) {
      want.terms = undefined
      this.#leave(want)
      this.#engine.totals.wants--
      this.#engine.finish()
      throw error
    }
  }

  /** Out of the line, free of all that it referred to, and its caller told: all once. */
  #settle(
    want: WantConn<Target, Conn>,
    error: unknown,
    lease: ConnLease<Target, Conn> | undefined,
  ): void {
    const { held, settle, resolve, reject } = want
    this.#leave(want)
    // A promise's functions call nobody now; a callback must wait until the books are right.
    if (settle !== undefined) this.#callBack(settle, held, error, lease)
    else if (resolve === undefined || reject === undefined) bug('a want was settled twice')
    else if (lease !== undefined) resolve(lease)
    else reject(error)
  }

  #leave(want: WantConn<Target, Conn>): void {
    const { state, dial, terms } = want
    if (state !== undefined) {
      state.line.remove(want)
      if (state.line.size === 0) state.dialError = undefined
      this.waiting--
      // Its leaving alone empties no key and makes none lack a dial, but it may have been held back.
      if (this.#engine.dialer.limitsAll) this.#engine.touch(state)
    }
    if (dial !== undefined) dial.loseWant()
    if (terms?.want !== undefined) {
      this.#engine.deadlines.clear(terms)
      terms.signal?.removeEventListener('abort', want)
    }
    want.letGo()
  }

  #callBack(
    settle: Settle<Conn>,
    held: boolean,
    error: unknown,
    lease: ConnLease<Target, Conn> | undefined,
  ): void {
    const { calls } = this.#engine
    if (!held) calls.add(settle, error, lease)
    else calls.add(queueMicrotask, () => settle(error, lease), undefined)
  }

  #bookGot(lease: ConnLease<Target, Conn>): void {
    const { totals } = this.#engine
    totals.got++
    if (lease.reused) totals.reused++
  }

  #traceGot(
    lease: ConnLease<Target, Conn>,
    record: PooledConn<Target, Conn>,
    trace: PoolTrace<Conn> | undefined,
    statedAt: number,
  ): void {
    const { calls, settings } = this.#engine
    if (settings.trace?.gotConn === undefined && trace?.gotConn === undefined) return
    const { conn, key, reused, wasIdle, idleMs } = lease
    const shared = record.capacity > 1
    const waitedMs = this.#engine.now() - statedAt
    const event = { key, conn, reused, wasIdle, idleMs, shared, waitedMs }
    emit(calls, settings.trace, 'gotConn', event)
    emit(calls, trace, 'gotConn', event)
  }

  #traceStated(key: string, trace: PoolTrace<Conn> | undefined): void {
    const { calls, settings } = this.#engine
    if (settings.trace?.getConn === undefined && trace?.getConn === undefined) return
    emit(calls, settings.trace, 'getConn', { key })
    emit(calls, trace, 'getConn', { key })
  }
}
