import { type Figure, scaled } from '../../harness/figure.ts'
import { delayFigure } from '../delay-figure.ts'

/** Each burst is a little larger than the last, so some of its requests find no idle connection. */
export const burst: Figure = delayFigure({
  name: 'dispatcher-burst',
  title: 'growing bursts by dispatch(), a dial takes 200 ms, the work 5 ms: how long requests take',
  sizes: (work) => Array.from({ length: Math.min(14, scaled(140, work)) }, (_, i) => 2 * (i + 1)),
  intervalMs: 250,
  workMs: 5,
  delayMs: () => 200,
  wanted: ['p90', 'max'],
})
