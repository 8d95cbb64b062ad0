import { bug } from './bug.ts'
import type { Conns } from './conns.ts'
import { Dial, isObject } from './dial.ts'
import type { Engine } from './engine.ts'
import { PoolError, withoutStack } from './errors.ts'
import { HeldBack } from './held-back.ts'
import type { KeyState } from './key-state.ts'
import { type Settings, wrongType } from './options.ts'
import { emit } from './trace.ts'
import type { WantConn } from './want-conn.ts'

/** The permission to dial, the dials in flight, and what becomes of them. */
export class Dialer<Target, Conn extends object> {
  dialing = 0
  /** There is a `maxTotal`. */
  readonly limitsAll: boolean
  readonly #engine: Engine<Target, Conn>
  readonly #heldBack: HeldBack<Target, Conn>

  constructor(engine: Engine<Target, Conn>) {
    this.#engine = engine
    this.#heldBack = new HeldBack(engine.settings.fairAfterMs)
    this.limitsAll = engine.settings.maxTotal !== Number.POSITIVE_INFINITY
  }

  /** `maxTotal` holds some key back. */
  get holdsBack(): boolean {
    return this.#heldBack.size > 0
  }

  /** Begins the dials that a key lacks, within the limits, or puts it in line for a place. */
  balance(state: KeyState<Target, Conn>): void {
    if (!this.limitsAll) {
      while (this.#mayUseAPlace(state)) this.#startForWant(state)
    } else if (this.#mayUseAPlace(state)) {
      this.#heldBack.put(state, this.#engine.now())
    } else {
      this.#heldBack.remove(state)
    }
  }

  /** Gives one place under `maxTotal` to the want whose turn it is. False if that is not to be had. */
  grantPlace(): boolean {
    if (this.#heldBack.size === 0) return false
    const state = this.#heldBack.next
    if (state === undefined || !this.makeRoom()) return false
    this.#startForWant(state)
    this.#heldBack.granted(state)
    this.#engine.touch(state)
    return true
  }

  /** Another key has been held back too long while this one lends out its connections. */
  isClaimedFrom(state: KeyState<Target, Conn>): boolean {
    return this.#heldBack.size > 0 && this.#heldBack.claim(state, this.#engine.now())
  }

  /** The adapter's dial has resolved. */
  brought(dial: Dial<Target, Conn>, conn: Conn): void {
    const { conns } = this.#engine
    const fault = faultOf(conn, conns)
    if (fault !== undefined) {
      this.failed(dial, fault)
      return
    }
    const isBroken = dial.isUsable && conns.isBroken(conn)
    const livesUntil = conns.drawLifetime()
    // What was called may have ended the dial, or told more of the connection.
    if (!isBroken && dial.isUsable && dial.state !== undefined) {
      this.#opened(dial, dial.state, conn, livesUntil)
      return
    }
    this.#engine.calls.add(refuse, dial, conn)
    this.failed(dial, dial.reported ?? deadOnArrival(dial.state?.key))
  }

  /** The adapter's dial has rejected, or what it brought is of no use. */
  failed(dial: Dial<Target, Conn>, error: unknown): void {
    dial.cut()
    if (dial.state !== undefined) this.#end(dial, dial.state, error)
    this.#engine.finish()
  }

  /** It takes its time: after `hedgeMs` it holds nobody back any more, after `dialTimeoutMs` it is over. */
  look(dial: Dial<Target, Conn>, now: number): void {
    const { state } = dial
    if (state === undefined) return
    const { dialTimeoutMs } = this.#settings
    const timeoutAt = dial.startedAt + dialTimeoutMs
    if (now >= timeoutAt) {
      this.#abort(dial, state, dialTimeout(state.key, dialTimeoutMs))
      return
    }
    dial.slow = true
    state.slow++
    if (dial.want !== undefined) state.slowOwned++
    this.#engine.deadlines.set(dial, timeoutAt)
    this.#engine.touch(state)
  }

  /** Ends the dials of a key that no want and no warming waits for. */
  abortUnwanted(state: KeyState<Target, Conn>): void {
    if (state.line.firstToDial !== undefined) return
    const warming = state.warmups !== undefined && state.warmups.size > 0
    for (const dial of state.dials) {
      if (dial.want === undefined && !warming) this.#abort(dial, state, unwanted(state.key))
    }
  }

  abortAll(state: KeyState<Target, Conn>, error: unknown): void {
    for (const dial of state.dials) this.#abort(dial, state, error)
    this.#engine.warming.failAll(state, error)
  }

  /** Whether `maxTotal` leaves a place, if need be that of the coldest idle connection. */
  makeRoom(besides?: KeyState<Target, Conn>): boolean {
    const { conns } = this.#engine
    return conns.open + this.dialing < this.#settings.maxTotal || conns.idle.evictColdest(besides)
  }

  /** A dial that is nobody's own. */
  startToWarm(state: KeyState<Target, Conn>, target: Target): void {
    this.#start(new Dial(state, target, undefined, this.#engine.now()), state, undefined)
  }

  get #settings(): Settings<Conn> {
    return this.#engine.settings
  }

  #mayUseAPlace(state: KeyState<Target, Conn>): boolean {
    return state.lacksDial && state.places < this.#settings.maxPerKey
  }

  #startForWant(state: KeyState<Target, Conn>): void {
    const want = state.line.takeToDial() ?? bug('a key lacks a dial, and no want of it does')
    const dial = new Dial(state, want.target as Target, want, this.#engine.now())
    want.dial = dial
    state.owned++
    this.#start(dial, state, want)
  }

  #start(
    dial: Dial<Target, Conn>,
    state: KeyState<Target, Conn>,
    want: WantConn<Target, Conn> | undefined,
  ): void {
    const { calls, deadlines, settings, totals } = this.#engine
    state.dials.add(dial)
    state.dialing++
    this.dialing++
    totals.dials++
    deadlines.set(dial, dial.startedAt + Math.min(settings.hedgeMs, settings.dialTimeoutMs))
    emit(calls, settings.trace, 'dialStart', { key: state.key })
    emit(calls, want?.trace, 'dialStart', { key: state.key })
    calls.add(run, dial, undefined)
  }

  /** A usable connection: its own want comes first, then the line, then the shelf. */
  #opened(
    dial: Dial<Target, Conn>,
    state: KeyState<Target, Conn>,
    conn: Conn,
    livesUntil: number | undefined,
  ): void {
    const { conns, settings, wants } = this.#engine
    const { want } = dial
    this.#takeOut(dial, state)
    const record = conns.add(dial, state, conn, livesUntil)
    state.expected = record.capacity
    this.#traceDone(dial, state, want, { conn })
    if (want !== undefined) wants.deliver(want, record)
    if (settings.reuse) conns.place(record, state)
    else if (want === undefined) conns.retire(record, 'dial-unwanted')
    this.#engine.finish()
  }

  #abort(dial: Dial<Target, Conn>, state: KeyState<Target, Conn>, error: unknown): void {
    this.#engine.calls.add(abortLink, dial, error)
    this.#end(dial, state, error)
  }

  /** Without a connection. */
  #end(dial: Dial<Target, Conn>, state: KeyState<Target, Conn>, error: unknown): void {
    const { totals, wants } = this.#engine
    const { want } = dial
    this.#takeOut(dial, state)
    totals.dialsFailed++
    if (state.line.size > 0) state.dialError = { error, before: wants.nextNumber }
    this.#traceDone(dial, state, want, { error })
    if (want !== undefined) wants.fail(want, error, 'failed')
    this.#engine.warming.failAll(state, error)
  }

  /** Out of the books: what it counted for, others may dial for now. */
  #takeOut(dial: Dial<Target, Conn>, state: KeyState<Target, Conn>): void {
    if (dial.isSurplusWithout(dial.want)) this.#engine.totals.dialsSurplus++
    if (dial.slow) state.slow--
    dial.loseWant()
    dial.end()
    state.dials.delete(dial)
    state.dialing--
    this.dialing--
    this.#engine.deadlines.clear(dial)
    this.#engine.touch(state)
    this.#engine.warming.roomMade()
  }

  #traceDone(
    dial: Dial<Target, Conn>,
    state: KeyState<Target, Conn>,
    want: WantConn<Target, Conn> | undefined,
    outcome: { conn: Conn } | { error: unknown },
  ): void {
    const { calls, settings } = this.#engine
    if (settings.trace === undefined && want?.trace === undefined) return
    const durationMs = this.#engine.now() - dial.startedAt
    const event = { key: state.key, durationMs, surplus: dial.isSurplusWithout(want), ...outcome }
    emit(calls, settings.trace, 'dialDone', event)
    emit(calls, want?.trace, 'dialDone', event)
  }
}

function refuse<Target, Conn extends object>(dial: Dial<Target, Conn>, conn: Conn): void {
  dial.refuse(conn)
}

function run<Target, Conn extends object>(dial: Dial<Target, Conn>): void {
  dial.run()
}

function abortLink<Target, Conn extends object>(dial: Dial<Target, Conn>, reason: unknown): void {
  dial.abort(reason)
}

/** What is wrong with what an adapter's dial has resolved with. */
function faultOf<Target, Conn extends object>(
  conn: unknown,
  conns: Conns<Target, Conn>,
): TypeError | undefined {
  if (!isObject(conn)) {
    return wrongType('what adapter.dial() resolves with', 'an object', conn)
  }
  if (!conns.has(conn as Conn)) return undefined
  return new TypeError(
    'adapter.dial() must bring a new connection each time; it resolved with one that is open already',
  )
}

function deadOnArrival(key: string | undefined): PoolError {
  const what = 'the dialed connection was closed, drained or without room before it could be used'
  return new PoolError('ERR_POOL_DIAL_CLOSED', what, { key })
}

function dialTimeout(key: string, ms: number): PoolError {
  return withoutStack('ERR_POOL_DIAL_TIMEOUT', `the dial took longer than ${ms} ms`, { key })
}

function unwanted(key: string): PoolError {
  return withoutStack('ERR_POOL_CANCELED', 'closeIdle() ended a dial that nobody waited for', {
    key,
  })
}
