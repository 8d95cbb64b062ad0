import { type Delays, summarize } from '../agent/delays.ts'
import { startOrigin } from '../agent/start-origin.ts'
import {
  type Case,
  type Figure,
  type Sample,
  scaled,
  type Wanted,
  type Work,
} from '../harness/figure.ts'
import { times } from '../harness/format.ts'
import { ask } from './ask.ts'
import { goName, hasGo, runGo } from './go-peer.ts'
import { agent, type DelayMs, type DispatcherPeer, floor, ours, pool } from './peers.ts'

/** Bursts of requests at even intervals, while dials take their time. */
export interface Workload {
  readonly name: string
  readonly title: string
  /** How many requests each burst has. */
  sizes(work: Work): readonly number[]
  readonly intervalMs: number
  /** How long the server takes for each. */
  readonly workMs: number
  readonly delayMs: DelayMs
  /** At most a tenth of what undici's Pool has: which of the values. */
  readonly wanted: readonly (keyof Delays)[]
}

const ms = (value: number): string => `${value.toFixed(0)} ms`

/** How long requests take, from asking to the end of the answer. */
export function delayFigure(load: Workload): Figure {
  const go = hasGo ? [goCase(load)] : []
  return {
    name: load.name,
    title: load.title,
    columns: [
      ...(['p90', 'p50', 'p99', 'max'] as const).map((value) => ({ value, head: value, show: ms })),
      { value: 'dials', head: 'dials', show: String },
    ],
    cases: [...[ours, pool, agent, floor].map((peer) => caseOf(load, peer)), ...go],
    wanted: [
      ...load.wanted.map((value) => beside(load, value, pool.name, 0.1)),
      // A tenth is what a timer of Node is late by.
      ...(hasGo ? [beside(load, 'p90', goName, 1.1)] : []),
    ],
  }
}

/** Requests one after the other before any is measured. */
function warmUp(work: Work): number {
  return scaled(3_000, work)
}

function caseOf(load: Workload, peer: DispatcherPeer): Case {
  return {
    name: peer.name,
    async measure(work) {
      const origin = `http://127.0.0.1:${await startOrigin('apart')}`
      // Go is compiled; Node compiles what has run often, and for what it has met. So all of it is done
      // once before it is measured, as a process that serves has met bursts and slow dials before.
      await delaysOf(load, peer, origin, work)
      return delaysOf(load, peer, origin, work)
    },
  }
}

async function delaysOf(
  load: Workload,
  peer: DispatcherPeer,
  origin: string,
  work: Work,
): Promise<Sample> {
  let dials = 0
  const delayMs: DelayMs = (dial) => {
    dials++
    return dial === 0 ? 0 : load.delayMs(dial)
  }
  const dispatcher = peer.open(origin, undefined, delayMs)
  // One connection is there before.
  for (let i = 0; i < warmUp(work); i++) await ask(dispatcher, origin)
  const delays = await bursts(load, work, (path) => ask(dispatcher, origin, path))
  await dispatcher.destroy()
  return { ...summarize(delays), dials }
}

async function bursts(
  { sizes, intervalMs, workMs }: Workload,
  work: Work,
  askFor: (path: string) => Promise<void>,
): Promise<number[]> {
  const delays: number[] = []
  const one = async (): Promise<void> => {
    const start = performance.now()
    await askFor(`/${workMs}`)
    delays.push(performance.now() - start)
  }
  const all: Promise<void>[] = []
  for (const size of sizes(work)) {
    for (let i = 0; i < size; i++) all.push(one())
    await new Promise((resolve) => setTimeout(resolve, intervalMs))
  }
  await Promise.all(all)
  return delays
}

function goCase({ sizes, intervalMs, workMs, delayMs }: Workload): Case {
  return {
    name: goName,
    async measure(work) {
      const origin = `http://127.0.0.1:${await startOrigin()}`
      const delays = Array.from({ length: 5_000 }, (_, dial) => (dial === 0 ? 0 : delayMs(dial)))
      const bursts = sizes(work).join()
      return runGo('delays', origin, bursts, intervalMs, workMs, delays.join(), warmUp(work))
    },
  }
}

function beside(load: Workload, value: keyof Delays, peer: string, most: number): Wanted {
  const at = (sample: Sample): number => sample[value] ?? Number.NaN
  return {
    what: `${load.name}, ${value}: ours / ${peer}`,
    most,
    of: (of) => at(of(ours.name)) / at(of(peer)),
    show: times,
  }
}
