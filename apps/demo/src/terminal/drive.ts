import { setTimeout as sleep } from 'node:timers/promises'
import { build, type Histogram } from 'hdr-histogram-js'
import { messageOf } from '../message-of.ts'
import { aborted } from './aborted.ts'
import { DialCounter } from './dial-counter.ts'
import type { Peer, PeerKind } from './peers/peer.ts'
import type { Route } from './slow-dial.ts'
import type { TrafficPlan } from './traffic-plan.ts'

/** What one peer made of the traffic. Durations in ms, of requests that succeeded. */
export interface PeerResult {
  readonly name: string
  readonly requests: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
  readonly dials: number
  readonly dialsThatServedNobody: number
  readonly errors: number
  /** Of the first request that failed. */
  readonly firstError?: string
}

export interface DriveOptions {
  readonly signal: AbortSignal
  /** Called as each request ends. */
  readonly onRequest: () => void
}

/** Sends the planned traffic through one peer, which begins cold. */
export async function drive(
  kind: PeerKind,
  route: Route,
  plan: TrafficPlan,
  options: DriveOptions,
): Promise<PeerResult> {
  const dials = new DialCounter().start()
  const peer = kind.start(dials.watch(route))
  const run = new Run(peer, options.onRequest)
  try {
    await run.send(plan, options.signal)
    return { name: kind.name, ...run.figures(), ...figuresOf(dials) }
  } finally {
    dials.stop()
    peer.close()
  }
}

class Run {
  readonly #peer: Peer
  readonly #onRequest: () => void
  readonly #times: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 600_000_000,
    numberOfSignificantValueDigits: 3,
  })
  #requests = 0
  #errors = 0
  #firstError: string | undefined

  constructor(peer: Peer, onRequest: () => void) {
    this.#peer = peer
    this.#onRequest = onRequest
  }

  /** Bursts begin by the clock, whether the last one is done or not. */
  async send({ bursts, everyMs }: TrafficPlan, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now()
    const requests: Promise<void>[] = []
    for (const [i, size] of bursts.entries()) {
      await sleep(Math.max(0, startedAt + i * everyMs - performance.now()), undefined, { signal })
      for (let n = 0; n < size; n++) requests.push(this.#request())
    }
    await Promise.race([Promise.all(requests), aborted(signal)])
  }

  figures() {
    // A histogram answers with the upper end of a step, which may lie above all that was measured.
    const { maxValue } = this.#times
    const at = (percentile: number): number =>
      inMs(Math.min(this.#times.getValueAtPercentile(percentile), maxValue))
    return {
      requests: this.#requests,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      max: inMs(maxValue),
      errors: this.#errors,
      ...(this.#firstError !== undefined && { firstError: this.#firstError }),
    }
  }

  async #request(): Promise<void> {
    const startedAt = performance.now()
    this.#requests++
    try {
      await this.#peer.get()
      this.#times.recordValue(Math.round((performance.now() - startedAt) * 1_000))
    } catch (error) {
      this.#errors++
      this.#firstError ??= messageOf(error)
    }
    this.#onRequest()
  }
}

function figuresOf(counter: DialCounter) {
  return { dials: counter.dials, dialsThatServedNobody: counter.servedNobody }
}

function inMs(microseconds: number): number {
  return Math.round(microseconds / 10) / 100
}
