import type { Clock } from '@wantconn/pool-core'

interface Timer {
  readonly run: () => void
  readonly at: number
}

/** A clock that is moved by hand, and counts the timers that are armed. */
export class CountingClock implements Clock {
  time = 0
  /** Timers armed at one time, at most. */
  mostArmed = 0
  fired = 0
  readonly #armed = new Set<Timer>()

  now(): number {
    return this.time
  }

  setTimeout(run: () => void, ms: number): unknown {
    const timer = { run, at: this.time + ms }
    this.#armed.add(timer)
    this.mostArmed = Math.max(this.mostArmed, this.#armed.size)
    return timer
  }

  clearTimeout(handle: unknown): void {
    this.#armed.delete(handle as Timer)
  }

  /** Goes to the moment of the next timer and fires it. False if there is none. */
  fireNext(): boolean {
    let next: Timer | undefined
    for (const timer of this.#armed) if (next === undefined || timer.at < next.at) next = timer
    if (next === undefined) return false
    this.#armed.delete(next)
    this.time = Math.max(this.time, next.at)
    this.fired++
    next.run()
    return true
  }
}
