import type { Figure } from '../harness/figure.ts'
import { burst } from './figures/burst.ts'
import { idleSocket } from './figures/idle-socket.ts'
import { jitter } from './figures/jitter.ts'
import { origins } from './figures/origins.ts'
import { throughput } from './figures/throughput.ts'

/** All that `agent` measures, in the order of its tables. */
export const figures: readonly Figure[] = [throughput, origins, idleSocket, burst, jitter]
