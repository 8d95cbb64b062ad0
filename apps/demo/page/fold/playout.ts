import type { Batch, PoolEvent, ShowClock } from '../../src/protocol.ts'

/** Behind the newest batch by about two batches, and never by more than `maxBehindMs`. */
const behindMs = 80
const maxBehindMs = 300
const maxPending = 4_000

const none: readonly PoolEvent[] = []

/**
 * Spreads the events of a batch over the frames in which they happened: they arrive twenty times a
 * second, and are shown sixty times. While the show stands still, they come out at once.
 */
export class Playout {
  #pending: PoolEvent[] = []
  #newest: number
  #speed: number
  t: number

  constructor(clock: ShowClock) {
    this.#newest = clock.t
    this.#speed = clock.speed
    this.t = clock.t
  }

  get isFull(): boolean {
    return this.#pending.length > maxPending
  }

  add({ t, events = none, clock }: Batch): void {
    if (clock !== undefined) this.#speed = clock.speed
    this.#newest = Math.max(this.#newest, t)
    for (const event of events) this.#pending.push(event)
  }

  /** What is due after another `elapsedMs` of real time. */
  advance(elapsedMs: number): readonly PoolEvent[] {
    this.t = this.#nextTime(elapsedMs)
    if (this.isFull) return this.#take(this.#pending.length)
    let due = 0
    while (due < this.#pending.length && (this.#pending[due] as PoolEvent).t <= this.t) due++
    return this.#take(due)
  }

  #nextTime(elapsedMs: number): number {
    if (this.#speed === 0) return this.#newest
    const behind = this.#newest - this.t
    if (behind > maxBehindMs * Math.max(1, this.#speed)) return this.#newest - behindMs
    return Math.min(this.t + elapsedMs * this.#speed, this.#newest)
  }

  #take(count: number): readonly PoolEvent[] {
    if (count === 0) return none
    if (count < this.#pending.length) return this.#pending.splice(0, count)
    const all = this.#pending
    this.#pending = []
    return all
  }
}
