import {
  type Batch,
  type ContenderFigures,
  type ContenderId,
  histogramBounds,
  type Mark,
  type Point,
  type Snapshot,
} from '../../src/protocol.ts'
import { Ring } from './ring.ts'

/** Seconds that the strip chart shows. */
export const windowMs = 30_000

/** Answers that are drawn: of each contender, and of each batch the slowest. */
const maxPoints = 3_000
const maxPointsPerBatch = 8
const maxMarks = 40

/** Over which time `recentHistogram` looks back. */
const recentMs = 10_000

interface Histogram {
  readonly t: number
  readonly counts: readonly number[]
}

interface Runner {
  readonly points: Ring<Point>
  readonly histograms: Ring<Histogram>
  figures?: ContenderFigures
}

/** How the contenders do. */
export class Race {
  readonly #runners = new Map<ContenderId, Runner>()
  readonly #marks = new Ring<Mark>(maxMarks)
  t: number

  constructor(snapshot: Snapshot) {
    this.t = snapshot.clock.t
    for (const { id } of snapshot.run.contenders) this.#runner(id)
    for (const [id, points] of Object.entries(snapshot.points)) {
      for (const point of points) this.#runner(id as ContenderId).points.push(point)
    }
    for (const figures of snapshot.figures) this.#figures(figures)
    for (const mark of snapshot.marks) this.#marks.push(mark)
  }

  add(batch: Batch): void {
    this.t = Math.max(this.t, batch.t)
    for (const [id, points] of Object.entries(batch.points ?? {})) {
      const ring = this.#runner(id as ContenderId).points
      for (const point of slowest(points, maxPointsPerBatch)) ring.push(point)
    }
    for (const figures of batch.figures ?? []) this.#figures(figures)
    for (const mark of batch.marks ?? []) this.#marks.push(mark)
  }

  points(id: ContenderId): Iterable<Point> {
    return this.#runners.get(id)?.points ?? []
  }

  figures(id: ContenderId): ContenderFigures | undefined {
    return this.#runners.get(id)?.figures
  }

  /** The newest first. */
  marks(): readonly Mark[] {
    return this.#marks.latest()
  }

  /** Answers by latency, of the whole run. */
  histogram(id: ContenderId): readonly number[] {
    return this.#runners.get(id)?.figures?.histogram ?? empty
  }

  /** Answers by latency, of the last ten seconds. */
  recentHistogram(id: ContenderId): readonly number[] {
    const [oldest] = this.#runners.get(id)?.histograms ?? []
    return this.histogram(id).map((count, i) => Math.max(0, count - (oldest?.counts[i] ?? 0)))
  }

  #figures(figures: ContenderFigures): void {
    const runner = this.#runner(figures.id)
    runner.figures = figures
    runner.histograms.push({ t: this.t, counts: figures.histogram })
  }

  #runner(id: ContenderId): Runner {
    const known = this.#runners.get(id)
    if (known !== undefined) return known
    const histograms = new Ring<Histogram>(recentMs / 250)
    const runner = { points: new Ring<Point>(maxPoints), histograms }
    this.#runners.set(id, runner)
    return runner
  }
}

const empty: readonly number[] = histogramBounds.map(() => 0).concat(0)

/** The slowest of them, in the order in which they were answered. */
function slowest(points: readonly Point[], count: number): readonly Point[] {
  if (points.length <= count) return points
  const limit = points.map(([, ms]) => ms).sort((a, b) => b - a)[count - 1] as number
  return points.filter(([, ms]) => ms >= limit).slice(0, count)
}
