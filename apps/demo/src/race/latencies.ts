import { build, type Histogram } from 'hdr-histogram-js'
import type { Latency } from '../protocol.ts'

const recentSeconds = 10

/** Latencies of the whole run and of its last seconds, in a size that does not grow. Times in ms. */
export class Latencies {
  readonly #total = newHistogram()
  /** A ring: one for each of the last seconds. */
  readonly #seconds = Array.from({ length: recentSeconds }, newHistogram)
  readonly #merged = newHistogram()
  #second = 0

  record(latencyMs: number, t: number): void {
    const value = Math.max(1, Math.round(latencyMs * 1_000))
    this.#total.recordValue(value)
    this.#at(t).recordValue(value)
  }

  get total(): Latency {
    return figuresOf(this.#total)
  }

  recent(t: number): Latency {
    this.#at(t)
    this.#merged.reset()
    for (const second of this.#seconds) if (second.totalCount > 0) this.#merged.add(second)
    return figuresOf(this.#merged)
  }

  /** The histogram of the second of `t`; those that have become too old are emptied. */
  #at(t: number): Histogram {
    const second = Math.floor(t / 1_000)
    const passed = Math.min(recentSeconds, second - this.#second)
    for (let i = 0; i < passed; i++) this.#ring(second - i).reset()
    this.#second = Math.max(this.#second, second)
    return this.#ring(this.#second)
  }

  #ring(second: number): Histogram {
    return this.#seconds[second % recentSeconds] as Histogram
  }
}

function newHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 2,
  })
}

function figuresOf(histogram: Histogram): Latency {
  // A histogram answers with the upper end of a step, which may lie above all that was measured.
  const { maxValue, totalCount } = histogram
  const at = (percentile: number): number =>
    totalCount === 0 ? 0 : inMs(Math.min(histogram.getValueAtPercentile(percentile), maxValue))
  return { count: totalCount, p50: at(50), p90: at(90), p99: at(99), max: inMs(maxValue) }
}

function inMs(microseconds: number): number {
  return Math.round(microseconds / 10) / 100
}
