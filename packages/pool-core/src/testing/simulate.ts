import { type PoolOptions, wrongType } from '../options.ts'
import { checkFields, type FieldCheck, whole } from './check-fields.ts'
import { EventLog, type SimulationEvent, simulationEvents } from './simulate/event-log.ts'
import { Life } from './simulate/life.ts'
import { simulationError } from './simulate/report.ts'
import { checkSimulatedPool } from './simulate/simulated-pool.ts'
import type { SimulationError } from './simulate/simulation-error.ts'
import { checkWorkload, fullWorkload, type Workload } from './simulate/workload.ts'

/** What {@link simulate} is asked for. */
export interface SimulateOptions {
  /** A whole number from 0 to 2⁵³ - 1. With the same one, all is the same again. */
  readonly seed: number
  /** How many steps are played: calls of callers, reports of the world, moves of the clock. */
  readonly steps: number
  /**
   * The pool's options, without `clock` and `random`, which the simulation brings. Default: each
   * life draws its own, so that in many lives all options meet.
   */
  readonly pool?: Omit<PoolOptions<object>, 'clock' | 'random'> | undefined
  readonly workload?: Workload | undefined
  /** Steps in the life of one pool; then it is closed, and the next one begins. Default 400. */
  readonly stepsPerLife?: number | undefined
  /**
   * The books and what was seen from outside are checked after every step, all of
   * {@link checkInvariants} after so many. A fault found late is shrunk to where it began. Default 1.
   */
  readonly checkEvery?: number | undefined
  /** Called with each line of the event log; `true`: the lines are in the summary. */
  readonly log?: true | ((line: string) => void) | undefined
}

/** What {@link simulate} has done. */
export interface SimulationSummary {
  readonly seed: number
  /** As many as were asked for, and those of the last life's end. */
  readonly steps: number
  readonly lives: number
  /** Of the event log: equal logs have equal digests. */
  readonly digest: string
  /** How often what happened. */
  readonly counts: Readonly<Record<SimulationEvent, number>>
  /** The event log, if `log` was `true`. */
  readonly log: readonly string[] | undefined
}

const optionChecks: Record<keyof SimulateOptions, FieldCheck> = {
  seed: whole(0),
  steps: whole(1),
  pool: checkSimulatedPool,
  workload: checkWorkload,
  stepsPerLife: whole(1, 100_000),
  checkEvery: whole(1),
  log: (name, value) => {
    if (value !== true && typeof value !== 'function') {
      throw wrongType(name, 'true or a function', value)
    }
  },
}

/**
 * Plays random lives of pools on virtual time, over connections that come, fail, hang, die, drain
 * and change their capacity as the seed says. After every step all of {@link checkInvariants}
 * must hold, and what callers and the adapter saw must be in order, too.
 *
 * Rejects with a {@link SimulationError} for the first fault: its message ends with the shortest
 * play found that fails in the same way, ready to paste. Rejects with `TypeError` or `RangeError`
 * for options that make no sense.
 *
 * ```ts
 * const { digest, counts } = await simulate({ seed: 7, steps: 100_000, pool: { maxPerKey: 2 } })
 * ```
 */
export async function simulate(options: SimulateOptions): Promise<SimulationSummary> {
  checkSimulateOptions(options)
  const { seed, stepsPerLife = 400, checkEvery = 1, pool } = options
  const workload = fullWorkload(options.workload)
  const lines: string[] | undefined = options.log === true ? [] : undefined
  const log = new EventLog(sayTo(options.log, lines))
  let lives = 0
  let steps = 0
  while (steps < options.steps) {
    const life = new Life(seed, ++lives, pool, workload, log, checkEvery)
    const outcome = await life.play(Math.min(stepsPerLife, options.steps - steps))
    if (outcome.fault !== undefined) throw await simulationError(outcome, seed)
    steps += outcome.script.length
  }
  const counts = Object.fromEntries(simulationEvents.map((name, i) => [name, log.counts[i] ?? 0]))
  return {
    seed,
    steps,
    lives,
    digest: log.digest,
    counts: counts as SimulationSummary['counts'],
    log: lines,
  }
}

function sayTo(
  log: SimulateOptions['log'],
  lines: string[] | undefined,
): ((line: string) => void) | undefined {
  return lines === undefined ? (log as (line: string) => void) : (line) => lines.push(line)
}

function checkSimulateOptions(options: SimulateOptions): void {
  checkFields('SimulateOptions', options, optionChecks)
  for (const name of ['seed', 'steps'] as const) {
    if (options[name] === undefined)
      throw wrongType(`SimulateOptions.${name}`, 'a number', undefined)
  }
}
