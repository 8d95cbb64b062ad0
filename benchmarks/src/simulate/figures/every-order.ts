import { type ExploreOptions, explore } from '@wantconn/pool-core/testing'
import { type Case, type Figure, type Sample, scaled } from '../../harness/figure.ts'
import { count } from '../../harness/format.ts'
import { processorNs } from '../../harness/timing.ts'

/** Where it ends even if there is more to see. */
const MOST = 600_000

const three = { wants: 3, dials: 3 }

const pools: readonly (readonly [name: string, options: ExploreOptions])[] = [
  ['exclusive', three],
  ['exclusive, 2 places', { ...three, pool: { maxPerKey: 2 } }],
  ['exclusive, 2 places for 2 keys', { ...three, keys: 2, pool: { maxTotal: 2 } }],
  ['shareable', { ...three, capacity: 2 }],
  ['shareable, 2 places', { ...three, capacity: 2, pool: { maxPerKey: 2 } }],
  ['shareable, 2 places for 2 keys', { ...three, capacity: 2, keys: 2, pool: { maxTotal: 2 } }],
]

/** Three wants and three dials, in every order, with everything that can happen in between. */
export const everyOrder: Figure = {
  name: 'every-order',
  title: 'explore(): 3 wants and 3 dials, whatever happens in whatever order',
  columns: [
    { value: 'transitions', head: 'distinct transitions', show: count },
    { value: 'states', head: 'states', show: count },
    { value: 'isComplete', head: 'all', show: (value) => (value === 1 ? 'yes' : 'no') },
    { value: 'usEach', head: 'processor time each', show: (us) => `${us.toFixed(0)} µs` },
  ],
  cases: pools.map(([name, options]) => caseOf(name, options)),
  wanted: [
    {
      what: 'distinct transitions, in all',
      least: 1_000_000,
      of: (of) => pools.reduce((sum, [name]) => sum + (of(name)['transitions'] ?? NaN), 0),
      show: count,
    },
  ],
}

function caseOf(name: string, options: ExploreOptions): Case {
  return {
    name,
    async measure(work): Promise<Sample> {
      Error.stackTraceLimit = 0
      const processor = process.cpuUsage()
      const seen = await explore({ ...options, maxTransitions: scaled(MOST, work) })
      return {
        transitions: seen.transitions,
        states: seen.states,
        isComplete: seen.isComplete ? 1 : 0,
        usEach: processorNs(processor) / 1_000 / seen.transitions,
      }
    },
  }
}
