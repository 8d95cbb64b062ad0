import type { KeyStats, Pool } from '@wantconn/pool-core'
import type { NetTarget } from '../target.ts'
import type { Exchange } from './exchange.ts'
import type { HttpConn } from './http-conn.ts'

interface Line {
  /** Exchanges of the origin that stand in line. */
  waiting: number
  /** Somebody was told that there was no room, and is told when there is. */
  owesDrain: boolean
  /** How many connections there were, or came, when the limits left no room. */
  places: number
}

/** Who waits for which origin: what undici's back-pressure, 'false' and 'drain', is made of. */
export class OriginLines {
  readonly #pool: Pool<NetTarget, HttpConn>
  readonly #keyOf: (target: NetTarget) => string
  readonly #drained: (origin: string) => void
  readonly #byOrigin = new Map<string, Line>()
  /** How many lines owe a drain. */
  #owed = 0

  constructor(
    pool: Pool<NetTarget, HttpConn>,
    keyOf: (target: NetTarget) => string,
    drained: (origin: string) => void,
  ) {
    this.#pool = pool
    this.#keyOf = keyOf
    this.#drained = drained
  }

  join({ origin }: Exchange): void {
    const line = this.#byOrigin.get(origin)
    if (line === undefined) this.#byOrigin.set(origin, { waiting: 1, owesDrain: false, places: 0 })
    else line.waiting++
  }

  leave({ origin, target }: Exchange): void {
    const line = this.#byOrigin.get(origin)
    if (line === undefined || --line.waiting > 0) return
    if (line.owesDrain) this.#look(origin, target, line)
    else this.#byOrigin.delete(origin)
  }

  ended({ origin, target }: Exchange): void {
    if (this.#owed === 0) return
    const line = this.#byOrigin.get(origin)
    if (line?.owesDrain && line.waiting === 0) this.#look(origin, target, line)
  }

  /** Who has got a connection has not made room; who ends does, or there was room to share. */
  #look(origin: string, target: NetTarget, { places }: Line): void {
    const { leases, open } = this.#pool.stats(this.#keyOf(target))
    if (leases < places || leases > open) this.#drain(origin)
  }

  /** Not within the call that has made room, as with undici. */
  #drain(origin: string): void {
    this.#byOrigin.delete(origin)
    this.#owed--
    setImmediate(this.#drained, origin)
  }

  /** Whether one that waits has nothing on its way to it: no dial of its own, as limits forbid it. */
  isFull({ origin, target }: Exchange): boolean {
    const line = this.#byOrigin.get(origin)
    if (line === undefined) return false
    const { waiting, dialing, open }: KeyStats = this.#pool.stats(this.#keyOf(target))
    if (waiting <= dialing) return false
    // None, if connections to other origins have them all.
    line.places = Math.max(1, open + dialing)
    if (!line.owesDrain) this.#owed++
    line.owesDrain = true
    return true
  }
}
