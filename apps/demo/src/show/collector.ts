import {
  type Batch,
  type ContenderId,
  type Mark,
  maxEventsPerBatch,
  type Point,
  type PoolEvent,
} from '../protocol.ts'
import type { Run } from './run.ts'

const figuresEveryMs = 250

type Mutable<T> = { -readonly [name in keyof T]: T[name] }

/** Gathers what a run tells, to be taken as batches. */
export class Collector {
  #events: PoolEvent[] = []
  #marks: Mark[] = []
  #figuresAt = Number.NEGATIVE_INFINITY
  #stats = ''
  #figures = ''

  add(event: PoolEvent): void {
    this.#events.push(event)
  }

  mark(mark: Mark): void {
    this.#marks.push(mark)
  }

  /** All since the last time; none if nothing has happened. */
  take(run: Run): Batch[] {
    run.lookAtStreams()
    const t = run.now
    const batches = this.#takeEvents(t)
    const last: Mutable<Batch> = { ...(batches.pop() ?? { type: 'batch', t }) }
    Object.assign(last, this.#takePoints(run), this.#takeMarks())
    if (t - this.#figuresAt >= figuresEveryMs) Object.assign(last, this.#takeFigures(run, t))
    // A batch with nothing but its time is not worth sending.
    if (Object.keys(last).length > 2) batches.push(last)
    return batches
  }

  #takeEvents(t: number): Batch[] {
    const events = this.#events
    this.#events = []
    const batches: Batch[] = []
    for (let from = 0; from < events.length; from += maxEventsPerBatch) {
      const part = events.slice(from, from + maxEventsPerBatch)
      const isLast = from + maxEventsPerBatch >= events.length
      batches.push({ type: 'batch', t: isLast ? t : (part.at(-1) as PoolEvent).t, events: part })
    }
    return batches
  }

  #takePoints(run: Run): Pick<Batch, 'points'> {
    const points: Partial<Record<ContenderId, readonly Point[]>> = {}
    for (const racer of run.racers) {
      const taken = racer.takePoints()
      if (taken.length > 0) points[racer.contender.info.id] = taken
    }
    return Object.keys(points).length > 0 ? { points } : {}
  }

  #takeMarks(): Pick<Batch, 'marks'> {
    const marks = this.#marks
    this.#marks = []
    return marks.length > 0 ? { marks } : {}
  }

  /** Those that have changed. */
  #takeFigures(run: Run, t: number): Pick<Batch, 'figures' | 'stats'> {
    this.#figuresAt = t
    const { figures, stats } = run
    const told = [this.#figures, this.#stats]
    this.#figures = JSON.stringify(figures)
    this.#stats = JSON.stringify(stats)
    return {
      ...(this.#figures !== told[0] && { figures }),
      ...(this.#stats !== told[1] && { stats }),
    }
  }
}
