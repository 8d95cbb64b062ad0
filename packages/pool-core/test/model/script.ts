import fc from 'fast-check'
import { scriptError } from './label.ts'

/** What a pool is built with; anything left out is the pool's own default. */
export interface Setting {
  readonly maxPerKey?: number
  readonly maxTotal?: number
  readonly fairAfterMs?: number
  readonly maxIdlePerKey?: number
  readonly maxIdle?: number
  readonly idleTimeoutMs?: number
  readonly maxLifetimeMs?: number
  readonly lifetimeJitter?: number
  readonly maxUses?: number
  readonly dialTimeoutMs?: number
  readonly hedgeMs?: number
  readonly acquireTimeoutMs?: number
  readonly maxWaiting?: number
  readonly idleOrder?: 'lifo' | 'fifo'
  readonly reuse?: boolean
}

/** The world around a pool. */
export interface Scene {
  readonly setting: Setting
  /** What `adapter.expectedCapacity` answers. */
  readonly expected: number
  /** The adapter asks for `link.signal`. */
  readonly listensToAbort: boolean
  /** The adapter has `isBroken`: a pool takes shorter ways where it has not. */
  readonly tellsIfBroken: boolean
}

/** Connections of one lease each, or of any number that changes. */
export type Kind = 'exclusive' | 'shareable'

/** Chooses one of what there is at that moment: `nth` modulo how many there are. */
export type Nth = number

/** What an abort, a cancel or a `link.closed` is given: also values that are falsy. */
export type Reason = 'none' | 'error' | 'zero' | 'null'

export type Step =
  | {
      readonly do: 'want'
      readonly key: string
      readonly form: 'callback' | 'promise'
      readonly signal: 'none' | 'aborted' | 'live'
      readonly timeoutMs: number | undefined
    }
  | { readonly do: 'tryAcquire'; readonly key: string }
  | { readonly do: 'cancel'; readonly nth: Nth; readonly reason: Reason }
  | { readonly do: 'abort'; readonly nth: Nth; readonly reason: Reason }
  | { readonly do: 'release'; readonly nth: Nth; readonly hintMs: number | undefined }
  | { readonly do: 'discard'; readonly nth: Nth; readonly withError: boolean }
  | { readonly do: 'detach'; readonly nth: Nth }
  | { readonly do: 'endAgain'; readonly nth: Nth }
  | { readonly do: 'finish'; readonly nth: Nth; readonly capacity: number | undefined }
  | { readonly do: 'fail'; readonly nth: Nth }
  | { readonly do: 'throwNext' }
  | { readonly do: 'linkClosed'; readonly nth: Nth; readonly withError: boolean }
  | { readonly do: 'drain'; readonly nth: Nth }
  | { readonly do: 'setCapacity'; readonly nth: Nth; readonly capacity: number }
  | { readonly do: 'break'; readonly nth: Nth }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'jump'; readonly ms: number }
  | { readonly do: 'fireEarly' }
  | { readonly do: 'warm'; readonly key: string; readonly count: number }
  | { readonly do: 'stopWarming'; readonly nth: Nth; readonly reason: Reason }
  | { readonly do: 'closeIdle'; readonly key: string | undefined }
  | { readonly do: 'close' }
  | { readonly do: 'destroy'; readonly withError: boolean }

export type StepOf<Name extends Step['do']> = Extract<Step, { readonly do: Name }>

const nth = fc.nat(11)
const reason = fc.constantFrom<Reason>('none', 'error', 'zero', 'null')
const few = fc.constantFrom(1, 2, 3, 4)
// Durations share no small multiple, so that two deadlines seldom fall on the same millisecond.
const ms = fc.constantFrom(1, 7, 17, 37, 61, 101, 311, 1009)
const sometimes = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })

const values = {
  maxPerKey: few,
  maxTotal: few,
  fairAfterMs: fc.constantFrom(5, 41, 149),
  maxIdlePerKey: fc.constantFrom(0, 1, 2),
  maxIdle: fc.constantFrom(0, 1, 2),
  idleTimeoutMs: fc.constantFrom(53, 499),
  maxLifetimeMs: fc.constantFrom(128, 640),
  lifetimeJitter: fc.constantFrom(0, 0.5),
  maxUses: few,
  dialTimeoutMs: fc.constantFrom(67, 211),
  hedgeMs: fc.constantFrom(31, 89, Number.POSITIVE_INFINITY),
  acquireTimeoutMs: fc.constantFrom(59, 257),
  maxWaiting: few,
  idleOrder: fc.constantFrom<'lifo' | 'fifo'>('lifo', 'fifo'),
  reuse: fc.constant(false),
}

/** What goes together: a pool is interesting where its limits meet. */
const themes: readonly (keyof Setting)[][] = [
  [],
  ['maxPerKey'],
  ['maxTotal', 'fairAfterMs'],
  ['maxTotal', 'fairAfterMs', 'maxPerKey'],
  ['idleTimeoutMs', 'idleOrder'],
  ['maxLifetimeMs', 'maxUses'],
  ['maxIdle', 'maxIdlePerKey', 'idleOrder'],
  ['maxPerKey', 'hedgeMs', 'dialTimeoutMs'],
  ['maxPerKey', 'maxWaiting', 'acquireTimeoutMs', 'dialTimeoutMs'],
]

const oneEnd: fc.Arbitrary<Step> = fc.constantFrom<Step>(
  { do: 'close' },
  { do: 'destroy', withError: false },
  { do: 'destroy', withError: true },
)

export function scenes(kind: Kind): fc.Arbitrary<Scene> {
  const more = fc.subarray(Object.keys(values) as (keyof Setting)[], { maxLength: 4 })
  const setting = fc
    .tuple(fc.record(values), fc.constantFrom(...themes), more)
    // The default jitter would make ages that are no whole ms, which the model does not round.
    .map(([all, theme, others]) => pickFrom(all, ['lifetimeJitter', ...theme, ...others]))
  const expected =
    kind === 'exclusive' ? fc.constant(1) : fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY)
  const either = fc.boolean()
  return fc.record({ setting, expected, listensToAbort: either, tellsIfBroken: either })
}

function pickFrom(all: Required<Setting>, names: (keyof Setting)[]): Setting {
  return Object.fromEntries(names.map((name) => [name, all[name]]))
}

/** A script: a life of a pool, and in every fourth its end and what comes after that. */
export function steps(kind: Kind): fc.Arbitrary<Step[]> {
  const script = fc.constantFrom(1, 2, 2, 3, 4).chain((keys) => {
    const step = oneStep(kind, keys)
    const life = fc.array(step, { maxLength: 120, size: 'max' })
    const end = fc.tuple(oneEnd, fc.array(step, { maxLength: 20, size: 'max' }))
    return fc.tuple(life, sometimes(end))
  })
  return script.map(([life, end]) => (end === undefined ? life : [...life, end[0], ...end[1]]))
}

/** Steps to be done from inside callbacks, one for each callback, and often none. */
export function insideSteps(kind: Kind): fc.Arbitrary<(Step | undefined)[]> {
  const step = fc.oneof(
    { weight: 40, arbitrary: fc.constant(undefined) },
    { weight: 40, arbitrary: oneStep(kind, 3) },
    { weight: 1, arbitrary: oneEnd },
  )
  return fc.array(step, { maxLength: 120, size: 'max' })
}

function oneStep(kind: Kind, keys: number): fc.Arbitrary<Step> {
  const key = fc.constantFrom(...'abcd'.slice(0, keys))
  const capacity =
    kind === 'exclusive' ? fc.constant(1) : fc.constantFrom(1, 2, 3, 0, Number.POSITIVE_INFINITY)
  const make = <Name extends Step['do']>(
    weight: number,
    name: Name,
    fields: { [field in keyof Omit<Extract<Step, { do: Name }>, 'do'>]: fc.Arbitrary<unknown> },
  ) => ({
    weight,
    arbitrary: fc.record({ do: fc.constant(name), ...fields }) as unknown as fc.Arbitrary<Step>,
  })
  return fc.oneof(
    make(30, 'want', {
      key,
      form: fc.constantFrom('callback', 'callback', 'promise'),
      signal: fc.constantFrom('none', 'none', 'none', 'live', 'live', 'live', 'live', 'aborted'),
      timeoutMs: sometimes(fc.constantFrom(43, 139)),
    }),
    make(40, 'finish', {
      nth,
      capacity: kind === 'exclusive' ? fc.constant(undefined) : sometimes(capacity),
    }),
    make(30, 'release', { nth, hintMs: sometimes(fc.constantFrom(19, 67, 997)) }),
    make(8, 'tryAcquire', { key }),
    make(4, 'cancel', { nth, reason }),
    make(4, 'abort', { nth, reason }),
    make(3, 'discard', { nth, withError: fc.boolean() }),
    make(1, 'detach', { nth }),
    make(1, 'endAgain', { nth }),
    make(5, 'fail', { nth }),
    make(1, 'throwNext', {}),
    make(3, 'linkClosed', { nth, withError: fc.boolean() }),
    make(2, 'drain', { nth }),
    make(kind === 'exclusive' ? 1 : 10, 'setCapacity', { nth, capacity }),
    make(3, 'break', { nth }),
    make(18, 'advance', { ms }),
    make(2, 'jump', { ms }),
    make(1, 'fireEarly', {}),
    make(4, 'warm', { key, count: few }),
    make(1, 'stopWarming', { nth, reason }),
    make(2, 'closeIdle', { key: fc.option(key, { nil: undefined }) }),
  )
}

/** Random numbers that repeat; sixty-fourths, so that ages stay whole. */
export function draws(): () => number {
  let seed = 7
  return () => {
    seed = (seed * 29 + 11) % 64
    return seed / 64
  }
}

/** The one that a step means, of what there is at that moment. */
export function pick<T>(from: readonly T[], nth: Nth): T | undefined {
  return from[nth % from.length]
}

export function reasonOf(reason: Reason): unknown {
  return { none: undefined, error: scriptError('given up'), zero: 0, null: null }[reason]
}
