import type { CloseReason } from './close-reason.ts'
import type { Engine } from './engine.ts'
import { IdleList } from './idle-list.ts'
import type { KeyState } from './key-state.ts'
import type { PooledConn } from './pooled-conn.ts'
import { emit } from './trace.ts'

/** The connections without a lease: how many are kept, for how long, and who is told of them. */
export class IdleConns<Target, Conn extends object> {
  readonly #engine: Engine<Target, Conn>
  readonly list: IdleList<Target, Conn> = new IdleList()
  // What each hand-over asks of the options and the adapter, answered once.
  readonly #tells: boolean
  readonly #keepsNone: CloseReason | undefined
  readonly #maxIdle: number
  readonly #maxIdlePerKey: number
  readonly #idleTimeoutMs: number
  readonly #agesOut: boolean
  readonly #callOnIdle: (record: PooledConn<Target, Conn>) => void

  constructor(engine: Engine<Target, Conn>) {
    const { idleTimeoutMs, maxIdle, maxIdlePerKey, maxLifetimeMs, trace } = engine.settings
    this.#engine = engine
    this.#tells = engine.adapter.onIdle !== undefined || trace !== undefined
    this.#keepsNone = noneReason(maxIdlePerKey, maxIdle)
    this.#maxIdle = Math.min(maxIdle, MOST)
    this.#maxIdlePerKey = Math.min(maxIdlePerKey, MOST)
    this.#idleTimeoutMs = idleTimeoutMs
    this.#agesOut = maxLifetimeMs !== Number.POSITIVE_INFINITY
    this.#callOnIdle = (record) => {
      // It may have been lent again before this call's turn came.
      if (record.toldIdle || !record.isIdle) return
      record.toldIdle = true
      engine.adapter.onIdle?.(record.conn)
    }
  }

  get size(): number {
    return this.list.size
  }

  /** Puts it on the shelf, for as long as it may stay there. */
  put(
    record: PooledConn<Target, Conn>,
    state: KeyState<Target, Conn>,
    idleTimeoutMs: number | undefined,
  ): void {
    const engine = this.#engine
    if (this.#keepsNone !== undefined) {
      engine.conns.retire(record, this.#keepsNone)
      return
    }
    const now = engine.now()
    record.idleAt = now
    engine.deadlines.postpone(record, this.#endOf(record, now, idleTimeoutMs))
    state.shelve(record)
    this.list.put(record)
    if (state.idle > this.#maxIdlePerKey || this.list.size > this.#maxIdle) this.#trim(state)
    engine.warming.roomMade()
    if (this.#tells) this.#tellIdle(record, state)
  }

  closeAll(state: KeyState<Target, Conn>, reason: CloseReason = 'close-idle'): number {
    let closed = 0
    for (let record = state.coldest; record !== undefined; record = state.coldest) {
      this.#engine.conns.retire(record, reason)
      closed++
    }
    return closed
  }

  evictColdest(besides: KeyState<Target, Conn> | undefined): boolean {
    let coldest = this.list.findColdest()
    while (coldest !== undefined && coldest.state === besides) {
      coldest = this.list.warmerThan(coldest)
    }
    if (coldest === undefined) return false
    this.#engine.conns.retire(coldest, 'evicted')
    return true
  }

  #tellIdle(record: PooledConn<Target, Conn>, state: KeyState<Target, Conn>): void {
    const { settings, calls, adapter } = this.#engine
    if (settings.trace?.putIdle !== undefined) {
      emit(calls, settings.trace, 'putIdle', { key: state.key, conn: record.conn })
    }
    if (adapter.onIdle !== undefined) calls.add(this.#callOnIdle, record, undefined)
  }

  /** The coldest makes room. */
  #trim(state: KeyState<Target, Conn>): void {
    if (state.idle > this.#maxIdlePerKey) {
      if (state.coldest !== undefined) this.#engine.conns.retire(state.coldest, 'max-idle-per-key')
    } else {
      const coldest = this.list.findColdest()
      if (coldest !== undefined) this.#engine.conns.retire(coldest, 'max-idle')
    }
  }

  /** When its time is over. A release may have made it shorter, but not longer. */
  #endOf(
    { livesUntil }: PooledConn<Target, Conn>,
    now: number,
    hintMs: number | undefined,
  ): number {
    const isShorter = hintMs !== undefined && hintMs < this.#idleTimeoutMs
    const end = now + (isShorter ? hintMs : this.#idleTimeoutMs)
    return this.#agesOut && livesUntil !== undefined ? Math.min(end, livesUntil) : end
  }
}

/** More than any pool holds: unlike `Infinity`, it is compared as the small number that it is. */
const MOST = 2 ** 30

/** The limit that keeps none, if one does. */
function noneReason(maxIdlePerKey: number, maxIdle: number): CloseReason | undefined {
  if (maxIdlePerKey === 0) return 'max-idle-per-key'
  return maxIdle === 0 ? 'max-idle' : undefined
}
