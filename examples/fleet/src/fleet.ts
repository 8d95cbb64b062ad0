import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Orders, Outcome } from './member.ts'
import type { OriginCounts } from './origin.ts'

/** What all members of a fleet did together, and what the origin saw of it. */
export interface FleetResult {
  readonly name: string
  readonly requests: number
  readonly failed: number
  /** Connections that the members have dialed. */
  readonly dials: number
  /** Connections at the origin: at once, and in all. */
  readonly peak: number
  readonly opened: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const fileOf = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url))

/** An origin in a process of its own. */
export class Origin {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start(workMs: number): Promise<Origin> {
    const child = fork(fileOf('origin'), [String(workMs)])
    const [port] = (await once(child, 'message')) as [number]
    return new Origin(child, port)
  }

  /** What it has seen since the last time. */
  async counts(): Promise<OriginCounts> {
    this.#child.send('counts')
    const [counts] = (await once(this.#child, 'message')) as [OriginCounts]
    return counts
  }

  stop(): void {
    this.#child.disconnect()
  }
}

/** Lets as many processes run as are asked for, all with the same orders. */
export async function runFleet(
  name: string,
  processes: number,
  orders: Orders,
  origin: Origin,
): Promise<FleetResult> {
  await origin.counts()
  const outcomes = await Promise.all(Array.from({ length: processes }, () => runMember(orders)))
  const { peak, opened } = await origin.counts()
  const tookMs = outcomes.flatMap((outcome) => outcome.tookMs).sort((a, b) => a - b)
  const at = (share: number): number => tookMs[Math.ceil(share * tookMs.length) - 1] ?? Number.NaN
  const sum = (count: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + count(outcome), 0)
  const failed = sum((outcome) => outcome.failed)
  return {
    name,
    requests: tookMs.length + failed,
    failed,
    dials: sum((outcome) => outcome.dials),
    peak,
    opened,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
  }
}

async function runMember(orders: Orders): Promise<Outcome> {
  const child = fork(fileOf('member'))
  child.send(orders)
  const outcome = once(child, 'message').then(([message]) => message as Outcome)
  const ended = once(child, 'exit').then(([code]): never => {
    throw new Error(`a member ended with exit code ${code} and without an outcome`)
  })
  // Whichever comes second has nobody left to tell.
  ended.catch(() => {})
  return Promise.race([outcome, ended])
}
