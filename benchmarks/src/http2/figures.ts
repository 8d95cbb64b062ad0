import type { Figure } from '../harness/figure.ts'
import { burst } from './figures/burst.ts'
import { idleSession } from './figures/idle-session.ts'
import { throughputs } from './figures/throughput.ts'

/** All that `http2` measures, in the order of its tables. */
export const figures: readonly Figure[] = [...throughputs, burst, idleSession]
