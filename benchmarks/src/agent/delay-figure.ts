import type { Agent } from 'node:http'
import { type Figure, scaled, type Wanted, type Work } from '../harness/figure.ts'
import { times } from '../harness/format.ts'
import { ask } from './ask.ts'
import { type Delays, summarize } from './delays.ts'
import { type AgentPeer, agentkeepalive, node, ours } from './peers.ts'
import { slowDials } from './slow-dials.ts'
import { startOrigin } from './start-origin.ts'

/** Bursts of requests at even intervals, while dials take their time. */
export interface Workload {
  readonly name: string
  readonly title: string
  /** How many requests each burst has. */
  sizes(work: Work): readonly number[]
  readonly intervalMs: number
  /** How long the server takes for each. */
  readonly workMs: number
  delayMs(dial: number): number
  /** At most a tenth of what http.Agent has: which of the values. */
  readonly wanted: readonly (keyof Delays)[]
}

const WARM_UP = 2_000

const ms = (value: number): string => `${value.toFixed(0)} ms`

/** How long requests take, from asking to the end of the answer. */
export function delayFigure(load: Workload): Figure {
  const values = ['p50', 'p90', 'p99', 'max', 'dials'] as const
  return {
    name: load.name,
    title: load.title,
    columns: [
      ...(['p90', 'p50', 'p99', 'max'] as const).map((value) => ({ value, head: value, show: ms })),
      { value: values[4], head: 'dials', show: String },
    ],
    cases: [ours, node, agentkeepalive].map((peer) => ({
      name: peer.name,
      measure: (work) => run(load, peer, work),
    })),
    wanted: load.wanted.map((value) => atMostATenth(load.name, value)),
  }
}

async function run(load: Workload, peer: AgentPeer, work: Work) {
  const port = await startOrigin()
  const agent = peer.open({})
  let dials = 0
  slowDials(agent, (dial) => {
    dials++
    return dial === 0 ? 0 : load.delayMs(dial)
  })
  // One connection is there before, and the code has run often enough to be compiled.
  for (let i = 0; i < Math.max(20, scaled(WARM_UP, work)); i++) await ask(agent, port)
  const delays = await bursts(load, agent, port, work)
  agent.destroy()
  return { ...summarize(delays), dials }
}

async function bursts(
  { sizes, intervalMs, workMs }: Workload,
  agent: Agent,
  port: number,
  work: Work,
): Promise<number[]> {
  const delays: number[] = []
  const one = async (): Promise<void> => {
    const start = performance.now()
    await ask(agent, port, `/${workMs}`)
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

function atMostATenth(name: string, value: keyof Delays): Wanted {
  return {
    what: `${name}, ${value}: ours / http.Agent`,
    most: 0.1,
    of: (of) => (of(ours.name)[value] ?? Number.NaN) / (of(node.name)[value] ?? Number.NaN),
    show: times,
  }
}
