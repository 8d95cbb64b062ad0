import type { Clock } from '@wantconn/pool-core'

/**
 * The clock of a pool that is looked into: monotonic, finer than a millisecond, and standing still
 * within one turn of the microtask queue. So what an event tells of durations counts back to the
 * very number that was the time when it began.
 */
export class TurnClock implements Clock {
  #now: number | undefined

  now(): number {
    if (this.#now === undefined) {
      this.#now = performance.now()
      queueMicrotask(() => {
        this.#now = undefined
      })
    }
    return this.#now
  }

  setTimeout(run: () => void, ms: number): unknown {
    return setTimeout(run, ms).unref()
  }

  clearTimeout(handle: unknown): void {
    clearTimeout(handle as NodeJS.Timeout)
  }
}
