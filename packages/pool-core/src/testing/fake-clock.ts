import type { Clock } from '../clock.ts'

interface Timer {
  readonly run: () => void
  readonly at: number
}

/** A clock that moves by {@link FakeClock.advance} alone. */
export class FakeClock implements Clock {
  #now: number
  #timers: Timer[] = []

  constructor(startAt = 0) {
    this.#now = startAt
  }

  now(): number {
    return this.#now
  }

  /** Timers that are armed and have not fired. */
  get pending(): number {
    return this.#timers.length
  }

  setTimeout(run: () => void, ms: number): unknown {
    const timer = { run, at: this.#now + ms }
    this.#timers.push(timer)
    return timer
  }

  clearTimeout(handle: unknown): void {
    this.#timers = this.#timers.filter((timer) => timer !== handle)
  }

  /** Moves time on, and fires what becomes due on the way, each at its own moment. */
  advance(ms: number): void {
    const until = this.#now + ms
    for (let timer = this.#nextBefore(until); timer; timer = this.#nextBefore(until)) {
      this.#now = Math.max(this.#now, timer.at)
      this.clearTimeout(timer)
      timer.run()
    }
    this.#now = until
  }

  /** Sets the time without firing anything, as when a machine's clock is set, forward or back. */
  jump(ms: number): void {
    this.#now += ms
  }

  #nextBefore(until: number): Timer | undefined {
    const due = this.#timers.filter((timer) => timer.at <= until)
    return due.sort((a, b) => a.at - b.at)[0]
  }
}
