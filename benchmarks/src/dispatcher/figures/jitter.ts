import { type Figure, scaled } from '../../harness/figure.ts'
import { delayFigure } from '../delay-figure.ts'

const BURSTS = 50

/** As when packets of a handshake are lost: 8 % of the dials take 300 ms, 2 % take a second. */
export const jitter: Figure = delayFigure({
  name: 'dispatcher-jitter',
  title:
    'uneven bursts by dispatch(), most dials fast, some take 300 ms or 1 s, the work 10 ms: how long requests take',
  sizes: (work) => Array.from({ length: Math.min(BURSTS, scaled(500, work)) }, (_, i) => sizeOf(i)),
  intervalMs: 60,
  workMs: 10,
  delayMs: (dial) => (dial % 50 === 8 ? 1_000 : dial % 12 === 5 ? 300 : 0),
  // Nine of ten requests meet no slow dial with any dispatcher, so p90 is no matter of binding.
  wanted: ['max'],
})

/** From 1 to 30, in no order, and the same each time. */
function sizeOf(burst: number): number {
  return 1 + ((burst * 17) % 30)
}
