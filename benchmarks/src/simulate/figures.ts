import type { Figure } from '../harness/figure.ts'
import { everyOrder } from './figures/every-order.ts'
import { randomLives } from './figures/random-lives.ts'

/** All that `simulate` measures, in the order of its tables. */
export const figures: readonly Figure[] = [randomLives, everyOrder]
