import type { Clock } from '../clock.ts'
import { wrongType } from '../options.ts'

interface Timer {
  readonly run: () => void
  readonly at: number
}

/**
 * A clock that moves by {@link FakeClock.advance} and {@link FakeClock.jump} alone. All is in ms.
 * What it is given is checked: `TypeError` or `RangeError`.
 */
export class FakeClock implements Clock {
  #now: number
  #timers: Timer[] = []

  constructor(startAt = 0) {
    checkMs('FakeClock() startAt', startAt)
    this.#now = startAt
  }

  now(): number {
    return this.#now
  }

  /** Timers that are armed and have not fired. */
  get pending(): number {
    return this.#timers.length
  }

  /** `run` is called once, by the {@link FakeClock.advance} that gets there; after `Infinity` never. */
  setTimeout(run: () => void, ms: number): unknown {
    if (typeof run !== 'function') throw wrongType('setTimeout() run', 'a function', run)
    if (ms !== Number.POSITIVE_INFINITY) checkMs('setTimeout() ms', ms)
    const timer = { run, at: this.#now + ms }
    this.#timers.push(timer)
    return timer
  }

  /** What is no armed timer of this clock is passed over. */
  clearTimeout(handle: unknown): void {
    this.#timers = this.#timers.filter((timer) => timer !== handle)
  }

  /**
   * Moves time on, and fires what becomes due on the way, each at its own moment. What follows in
   * promises has not run when it returns.
   */
  advance(ms: number): void {
    checkMs('advance() ms', ms)
    if (ms < 0)
      throw new RangeError(`advance() moves time on, and not by ${ms} ms: jump() can go back`)
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
    checkMs('jump() ms', ms)
    this.#now += ms
  }

  #nextBefore(until: number): Timer | undefined {
    const due = this.#timers.filter((timer) => timer.at <= until)
    return due.sort((a, b) => a.at - b.at)[0]
  }
}

function checkMs(name: string, ms: unknown): void {
  if (typeof ms !== 'number') throw wrongType(name, 'a number of ms', ms)
  if (!Number.isFinite(ms)) throw new RangeError(`${name} must be a finite number of ms; got ${ms}`)
}
