/**
 * Lets those who measure at the same time do it one at a time, in sweeps: each has one turn in a
 * sweep, and its place in it is drawn anew. Nobody's turn begins before all are ready for theirs.
 */
export class Turns {
  #takers: number
  #waiting: (() => void)[] = []
  #sweep: (() => void)[] = []

  constructor(takers: number) {
    this.#takers = takers
  }

  /** Resolves when a turn begins; it ends when its taker asks for the next one, or leaves. */
  take(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#next()
    })
  }

  /** One of the takers needs no more turns. */
  leave(): void {
    this.#takers--
    this.#next()
  }

  #next(): void {
    const isSomebodyBusy = this.#waiting.length + this.#sweep.length < this.#takers
    if (isSomebodyBusy) return
    if (this.#sweep.length === 0) {
      this.#sweep = inAnyOrder(this.#waiting)
      this.#waiting = []
    }
    this.#sweep.pop()?.()
  }
}

function inAnyOrder<T>(all: readonly T[]): T[] {
  return all
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)
}
