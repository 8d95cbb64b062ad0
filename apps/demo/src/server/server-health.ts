import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ServerStatus } from '../protocol.ts'

const resolutionMs = 10

/** How this process does. */
export class ServerHealth {
  readonly #startedAt = performance.now()
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs })
  readonly #readers: () => number

  constructor(readers: () => number) {
    this.#readers = readers
    this.#delay.enable()
  }

  /** `lagMs` is since this was last asked for. */
  get status(): ServerStatus {
    const { heapUsed, rss } = process.memoryUsage()
    const lagMs = Math.max(0, Math.round(this.#delay.max / 1e6 - resolutionMs))
    this.#delay.reset()
    return {
      uptimeMs: Math.round(performance.now() - this.#startedAt),
      heapMb: inMb(heapUsed),
      rssMb: inMb(rss),
      readers: this.#readers(),
      lagMs,
    }
  }

  close(): void {
    this.#delay.disable()
  }
}

function inMb(bytes: number): number {
  return Math.round(bytes / 104_857.6) / 10
}
