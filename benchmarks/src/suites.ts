import { figures as agentFigures } from './agent/figures.ts'
import { figures as coreFigures } from './core/figures.ts'
import { figures as dispatcherFigures } from './dispatcher/figures.ts'
import type { Figure } from './harness/figure.ts'
import { figures as http2Figures } from './http2/figures.ts'
import { figures as simulateFigures } from './simulate/figures.ts'

/** Figures that are measured together, and have a file of results together. */
export interface Suite {
  /** As the command line knows it. */
  readonly name: string
  readonly description: string
  readonly figures: readonly Figure[]
  /** How often each case is measured unless asked otherwise. Default 5. */
  readonly rounds?: number
  /** Figures that belong to other suites, put together to be measured at once. */
  readonly isSelection?: true
}

const chapters: readonly Suite[] = [
  {
    name: 'core',
    description: 'Speed and memory of @wantconn/pool-core, beside other pools and bare structures.',
    figures: coreFigures,
  },
  {
    name: 'agent',
    description: 'HttpAgent beside http.Agent and agentkeepalive.',
    figures: agentFigures,
  },
  {
    name: 'dispatcher',
    description:
      "PoolDispatcher beside undici's Pool and Agent, fetch, and Go's transport if there is one.",
    figures: dispatcherFigures,
  },
  {
    name: 'http2',
    description: 'Http2Client beside node:http2, undici with allowH2, and http2-wrapper.',
    figures: http2Figures,
  },
  {
    name: 'simulate',
    description: 'Random lives and every small one, with all invariants checked: takes minutes.',
    figures: simulateFigures,
    rounds: 1,
  },
]

/** All there is, in the order in which it is shown. */
export const suites: readonly Suite[] = [
  ...chapters,
  {
    name: 'burst',
    description:
      'What all of this is about: bursts while dials are slow, of all who make requests.',
    figures: chapters.flatMap(({ figures }) => figures.filter(({ name }) => /burst$/.test(name))),
    isSelection: true,
  },
]
