import { checkCapacity, wrongType } from '../../options.ts'
import { checkFields, checkObject, checkWeight, type FieldCheck, whole } from '../check-fields.ts'
import type { Deed } from './step.ts'

/** What is drawn at random; how dials end, and when a pool does, is drawn apart. */
export type SimulatedAction = Exclude<Deed['do'], 'finish' | 'fail' | 'close' | 'destroy'>

/** How often what happens, beside the others. 0: never. */
export type ActionWeights = { readonly [Name in SimulatedAction]: number }

/** A share of the dials of a {@link Workload}. */
export interface DialOutcomes {
  /** Default 88. */
  readonly succeed?: number | undefined
  /** Default 8. */
  readonly fail?: number | undefined
  /** They end after they were aborted, if ever. Default 4. */
  readonly hang?: number | undefined
}

/** From the first number to the second, both included, each as likely. */
export type Span = readonly [least: number, most: number]

/** What goes on around a simulated pool. All is optional; times are in ms of the simulated clock. */
export interface Workload {
  /** How many keys there are. Default: 1 to 4, drawn for each life. */
  readonly keys?: number | undefined
  /** How many callers there are at once, waiting or holding a lease. Default 10. */
  readonly callers?: number | undefined
  /**
   * Leases that a connection carries: one of these, drawn for each. The first one is what
   * `expectedCapacity` says. Default: in one half of the lives `[1]`, in the other 2, 1, 3 and 4.
   */
  readonly capacity?: readonly number[] | undefined
  /** How long a dial takes, in whole ms: a span, or what this returns for a source of numbers like `Math.random`, rounded. `Infinity`: it hangs. Default `[1, 60]`. */
  readonly dialMs?: Span | ((random: () => number) => number) | undefined
  readonly dials?: DialOutcomes | undefined
  /** How far an `advance` goes at most, and at least. Default `[1, 25]`. */
  readonly advanceMs?: Span | undefined
  readonly weights?: { readonly [Name in SimulatedAction]?: number | undefined } | undefined
}

/** A workload with nothing left out, but for what each life draws for itself. */
export interface FullWorkload {
  readonly keys: number | undefined
  readonly callers: number
  readonly capacity: readonly number[] | undefined
  readonly dialMs: (random: () => number) => number
  readonly dials: Required<{ readonly [Name in keyof DialOutcomes]: number }>
  readonly advanceMs: Span
  readonly weights: ActionWeights
}

const defaultWeights: ActionWeights = {
  want: 30,
  tryAcquire: 6,
  cancel: 5,
  abort: 3,
  release: 34,
  discard: 3,
  detach: 1,
  die: 3,
  drain: 2,
  capacity: 3,
  break: 2,
  advance: 22,
  jump: 0.5,
  warm: 0.7,
  closeIdle: 0.7,
}

const weightChecks = Object.fromEntries(
  Object.keys(defaultWeights).map((name) => [name, checkWeight]),
)

const workloadChecks: Record<keyof Workload, FieldCheck> = {
  keys: whole(1, 1_000),
  callers: whole(1, 10_000),
  capacity: (name, value) => {
    if (!Array.isArray(value) || value.length === 0) {
      throw wrongType(name, 'an array of at least one capacity', value)
    }
    for (const capacity of value) checkCapacity(`a member of ${name}`, capacity, 1)
  },
  dialMs: (name, value) => {
    if (typeof value !== 'function') checkSpan(name, value)
  },
  dials: (name, value) => {
    checkFields(name, value, { succeed: checkWeight, fail: checkWeight, hang: checkWeight })
  },
  advanceMs: checkSpan,
  weights: (name, value) => checkFields(name, value, weightChecks),
}

export function checkWorkload(name: string, workload: unknown): void {
  checkFields(name, workload, workloadChecks)
}

/** Fills in the defaults of a workload that was checked. */
export function fullWorkload(workload: Workload = {}): FullWorkload {
  const { keys, callers, capacity, dialMs = [1, 60], dials, advanceMs, weights } = workload
  const full = {
    keys,
    callers: callers ?? 10,
    capacity,
    dialMs: typeof dialMs === 'function' ? dialMs : inSpan(dialMs),
    dials: given({ succeed: 88, fail: 8, hang: 4 }, dials),
    advanceMs: advanceMs ?? [1, 25],
    weights: given(defaultWeights, weights),
  }
  if (full.weights.want + full.weights.tryAcquire + full.weights.advance > 0) return full
  throw new RangeError('workload.weights leave nothing to do: no want, no tryAcquire, no advance')
}

function inSpan([least, most]: Span): (random: () => number) => number {
  return (random) => least + Math.floor(random() * (most - least + 1))
}

type Given<T> = { readonly [Name in keyof T]?: T[Name] | undefined }

function given<T extends object>(defaults: T, own: Given<T> | undefined): T {
  const all: T = { ...defaults }
  for (const name of Object.keys(defaults) as (keyof T)[]) all[name] = own?.[name] ?? all[name]
  return all
}

function checkSpan(name: string, value: unknown): void {
  checkObject(name, value)
  const [least, most, ...others] = value as number[]
  if (!Array.isArray(value) || others.length > 0) {
    throw wrongType(name, 'an array of two whole numbers', value)
  }
  whole(0)(`${name}[0]`, least)
  whole(least as number)(`${name}[1]`, most)
}
