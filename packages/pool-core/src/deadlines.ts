import type { Clock } from './clock.ts'
import { type Timed, TimingWheel } from './timing-wheel.ts'

// Longer delays overflow the timers of common hosts and fire at once.
const LONGEST_DELAY = 2 ** 31 - 1

/**
 * Everything in a pool that waits for a time, behind one timer.
 *
 * The timer is armed for the earliest deadline and left alone when that deadline is taken back:
 * it then fires once for nothing, which is cheaper than a timer cleared and armed for each lease.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #now: () => number
  readonly #fire: () => void
  readonly #wheel = new TimingWheel()
  #timer: unknown = undefined
  #isStopped = false
  #armedFor = Number.POSITIVE_INFINITY

  /** `fired` is called when something may be due; it then calls {@link takeDue} until nothing is. */
  constructor(clock: Clock, now: () => number, fired: () => void) {
    this.#clock = clock
    this.#now = now
    this.#fire = () => {
      this.#timer = undefined
      this.#armedFor = Number.POSITIVE_INFINITY
      this.#isStopped = false
      fired()
      const next = this.#isStopped ? undefined : this.#wheel.next()
      if (next !== undefined) this.#armFor(next)
    }
  }

  /** Moves the member if it is waiting for another time. A time of `Infinity` never comes. */
  set(member: Timed, dueAt: number): void {
    TimingWheel.remove(member)
    if (dueAt === Number.POSITIVE_INFINITY) return
    this.#wheel.insert(member, dueAt)
    this.#armFor(dueAt)
  }

  /** The same; but to put it off costs nothing: it keeps its place until time has come to it. */
  postpone(member: Timed, dueAt: number): void {
    const isPutOff = member.nextDue !== undefined && dueAt >= member.dueAt
    if (isPutOff && dueAt !== Number.POSITIVE_INFINITY) member.dueAt = dueAt
    else this.set(member, dueAt)
  }

  clear(member: Timed): void {
    TimingWheel.remove(member)
  }

  takeDue(now: number): Timed | undefined {
    return this.#wheel.pop(now)
  }

  /** There is nothing to wait for, until something is set again. */
  stop(): void {
    this.#isStopped = true
    this.#disarm()
  }

  #armFor(time: number): void {
    if (time >= this.#armedFor) return
    this.#disarm()
    this.#armedFor = time
    const delay = Math.min(Math.max(Math.ceil(time - this.#now()), 1), LONGEST_DELAY)
    this.#timer = this.#clock.setTimeout(this.#fire, delay)
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
    this.#armedFor = Number.POSITIVE_INFINITY
  }
}
