import type { Clock } from '@wantconn/pool-core'

interface Timer {
  readonly run: () => void
  readonly at: number
}

/** A clock that is moved by hand, and counts the timers that are armed. Costs next to nothing itself. */
export class CountingClock implements Clock {
  time = 0
  /** Timers armed at one time, at most. */
  mostArmed = 0
  fired = 0
  /** Hardly ever more than one. */
  readonly #armed: Timer[] = []

  now(): number {
    return this.time
  }

  setTimeout(run: () => void, ms: number): unknown {
    const timer = { run, at: this.time + ms }
    this.#armed.push(timer)
    if (this.#armed.length > this.mostArmed) this.mostArmed = this.#armed.length
    return timer
  }

  clearTimeout(handle: unknown): void {
    const place = this.#armed.indexOf(handle as Timer)
    if (place !== -1) this.#armed.splice(place, 1)
  }

  /** Goes to the moment of the next timer and fires it. False if there is none. */
  fireNext(): boolean {
    if (this.#armed.length > 1) this.#armed.sort((a, b) => b.at - a.at)
    const next = this.#armed.pop()
    if (next === undefined) return false
    this.time = Math.max(this.time, next.at)
    this.fired++
    next.run()
    return true
  }
}
