import type { PoolEvent, Winner } from '../../src/protocol.ts'
import { Ring } from './ring.ts'

/** How a want ended. */
export type Ending = Winner | 'failed'

export const endings: readonly Ending[] = [
  'handed-over',
  'idle',
  'room',
  'own-dial',
  'other-dial',
  'failed',
]

interface Settled {
  readonly ending: Ending
  readonly waitedMs: number
}

export interface WinnerShare {
  readonly ending: Ending
  readonly count: number
  /** Of those, on the average. */
  readonly waitedMs: number
}

/** Who won the races for the latest wants. */
export class Winners {
  readonly #latest = new Ring<Settled>(1_000)
  readonly #shares: Record<Ending, { count: number; waitedMs: number }>

  constructor() {
    const none = (ending: Ending) => [ending, { count: 0, waitedMs: 0 }]
    this.#shares = Object.fromEntries(endings.map(none))
  }

  get count(): number {
    return this.#latest.length
  }

  fold(event: PoolEvent): void {
    if (event.type === 'got') this.#add({ ending: event.by, waitedMs: event.waitedMs })
    else if (event.type === 'want-failed') this.#add({ ending: 'failed', waitedMs: event.waitedMs })
  }

  shares(): readonly WinnerShare[] {
    return endings.map((ending) => {
      const { count, waitedMs } = this.#shares[ending]
      return { ending, count, waitedMs: count === 0 ? 0 : Math.max(0, waitedMs) / count }
    })
  }

  #add(settled: Settled): void {
    this.#count(settled, 1)
    const oldest = this.#latest.push(settled)
    if (oldest !== undefined) this.#count(oldest, -1)
  }

  #count({ ending, waitedMs }: Settled, sign: 1 | -1): void {
    this.#shares[ending].count += sign
    this.#shares[ending].waitedMs += sign * waitedMs
  }
}
