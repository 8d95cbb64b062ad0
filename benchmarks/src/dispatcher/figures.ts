import type { Figure } from '../harness/figure.ts'
import { burst } from './figures/burst.ts'
import { fetchFigure } from './figures/fetch.ts'
import { jitter } from './figures/jitter.ts'
import { throughputs } from './figures/throughput.ts'

/** All that `dispatcher` measures, in the order of its tables. */
export const figures: readonly Figure[] = [...throughputs, fetchFigure, burst, jitter]
