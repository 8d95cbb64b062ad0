import type { PoolOptions } from '../../options.ts'
import type { Random } from './random.ts'

type Options = PoolOptions<never>

// Durations share no small multiple, so that two deadlines seldom fall on the same millisecond.
const values: { readonly [Name in keyof Options]: readonly NonNullable<Options[Name]>[] } = {
  maxPerKey: [1, 2, 3, 4],
  maxTotal: [1, 2, 3, 4, 5],
  fairAfterMs: [5, 41, 149],
  maxIdlePerKey: [0, 1, 2],
  maxIdle: [0, 1, 2],
  idleTimeoutMs: [53, 499],
  maxLifetimeMs: [128, 640],
  lifetimeJitter: [0, 0.5],
  maxUses: [1, 2, 3, 4],
  dialTimeoutMs: [67, 211],
  hedgeMs: [31, 89, Number.POSITIVE_INFINITY],
  acquireTimeoutMs: [59, 257],
  maxWaiting: [1, 2, 3, 4],
  idleOrder: ['fifo'],
}

/** What goes together: a pool is interesting where its limits meet. */
const themes: readonly (readonly (keyof Options)[])[] = [
  [],
  ['maxPerKey'],
  ['maxTotal', 'fairAfterMs'],
  ['maxTotal', 'fairAfterMs', 'maxPerKey'],
  ['idleTimeoutMs', 'idleOrder'],
  ['maxLifetimeMs', 'lifetimeJitter', 'maxUses'],
  ['maxIdle', 'maxIdlePerKey', 'idleOrder'],
  ['maxPerKey', 'hedgeMs', 'dialTimeoutMs'],
  ['maxPerKey', 'maxWaiting', 'acquireTimeoutMs', 'dialTimeoutMs'],
]

const names = Object.keys(values) as (keyof Options)[]
const WITHOUT_REUSE = 0.05

/** Options for one life, so that in many lives all of them meet. */
export function anyPool(random: Random): Options {
  const chosen = new Set(random.pick(themes))
  for (let more = random.below(4); more > 0; more--) chosen.add(random.pick(names))
  const options: Record<string, unknown> = {}
  for (const name of chosen) options[name] = random.pick(values[name] as readonly unknown[])
  if (random.chance(WITHOUT_REUSE)) options['reuse'] = false
  return options
}
