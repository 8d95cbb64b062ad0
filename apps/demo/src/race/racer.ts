import type { Contender } from '../contenders/contender.ts'
import { inWords } from '../in-words.ts'
import {
  type ContenderFigures,
  histogramBounds,
  maxPointsPerBatch,
  type Point,
} from '../protocol.ts'
import { Latencies } from './latencies.ts'

/** Beyond this, a request is not even begun: a server that hangs must not fill the memory. */
const maxInFlight = 1_500

/** One contender in a race: sends what it is told to, and keeps the figures of it. */
export class Racer {
  readonly contender: Contender
  readonly #latencies = new Latencies()
  readonly #histogram: number[] = new Array(histogramBounds.length + 1).fill(0)
  readonly #timeoutMs: number
  readonly #now: () => number
  readonly #dials: () => number
  #points: Point[] = []
  #requests = 0
  #done = 0
  #errors = 0
  #inFlight = 0
  #lastError: string | undefined

  /** `now`: the run's time; `dials`: how many there were so far. */
  constructor(contender: Contender, timeoutMs: number, now: () => number, dials: () => number) {
    this.contender = contender
    this.#timeoutMs = timeoutMs
    this.#now = now
    this.#dials = dials
  }

  send(url: URL): void {
    this.#requests++
    if (this.#inFlight >= maxInFlight) {
      this.#failed(`not sent: ${maxInFlight} are in flight`)
      return
    }
    this.#inFlight++
    const startedAt = performance.now()
    this.contender
      .get(url, AbortSignal.timeout(this.#timeoutMs))
      .then(
        () => this.#answered(performance.now() - startedAt),
        (error) => this.#failed(inWords(error)),
      )
      .finally(() => {
        this.#inFlight--
      })
  }

  /** Points since the last call. Of more than fit, the slowest stay. */
  takePoints(): Point[] {
    const points = this.#points
    this.#points = []
    return points.length > maxPointsPerBatch ? slowest(points, maxPointsPerBatch) : points
  }

  get figures(): ContenderFigures {
    return {
      id: this.contender.info.id,
      requests: this.#requests,
      done: this.#done,
      errors: this.#errors,
      inFlight: this.#inFlight,
      dials: this.#dials(),
      open: this.contender.open,
      total: this.#latencies.total,
      recent: this.#latencies.recent(this.#now()),
      histogram: [...this.#histogram],
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
    }
  }

  #answered(latencyMs: number): void {
    this.#done++
    const t = this.#now()
    this.#latencies.record(latencyMs, t)
    const bucket = histogramBounds.findIndex((bound) => latencyMs <= bound)
    const index = bucket === -1 ? histogramBounds.length : bucket
    this.#histogram[index] = (this.#histogram[index] ?? 0) + 1
    this.#points.push([Math.round(t), Math.round(latencyMs * 100) / 100])
  }

  #failed(error: string): void {
    this.#errors++
    this.#lastError = error
  }
}

function slowest(points: readonly Point[], most: number): Point[] {
  const limit = [...points].sort((a, b) => b[1] - a[1]).slice(0, most)
  return limit.sort((a, b) => a[0] - b[0])
}
