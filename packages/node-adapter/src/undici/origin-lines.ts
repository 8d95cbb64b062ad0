import type { KeyStats, Pool } from '@wantconn/pool-core'
import type { NetTarget } from '../target.ts'
import type { Exchange } from './exchange.ts'
import type { HttpConn } from './http-conn.ts'

interface Line {
  /** Exchanges of the origin that stand in line. */
  waiting: number
  /** Somebody was told that there was no room, and is told when there is. */
  owesDrain: boolean
}

/** Who waits for which origin: what undici's back-pressure, 'false' and 'drain', is made of. */
export class OriginLines {
  readonly #pool: Pool<NetTarget, HttpConn>
  readonly #keyOf: (target: NetTarget) => string
  readonly #drained: (origin: string) => void
  readonly #byOrigin = new Map<string, Line>()

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
    if (line === undefined) this.#byOrigin.set(origin, { waiting: 1, owesDrain: false })
    else line.waiting++
  }

  leave({ origin }: Exchange): void {
    const line = this.#byOrigin.get(origin)
    if (line === undefined || --line.waiting > 0) return
    this.#byOrigin.delete(origin)
    if (line.owesDrain) this.#drained(origin)
  }

  /** Whether one that waits has nothing on its way to it: no dial of its own, as limits forbid it. */
  isFull({ origin, target }: Exchange): boolean {
    const line = this.#byOrigin.get(origin)
    if (line === undefined) return false
    const { waiting, dialing }: KeyStats = this.#pool.stats(this.#keyOf(target))
    if (waiting <= dialing) return false
    line.owesDrain = true
    return true
  }
}
