import type { Figure } from '../harness/figure.ts'
import { acquireRelease } from './figures/acquire-release.ts'
import { cancel } from './figures/cancel.ts'
import { expiry } from './figures/expiry.ts'
import { idleConnection } from './figures/idle-connection.ts'
import { tryAcquire } from './figures/try-acquire.ts'
import { waitingWant } from './figures/waiting-want.ts'

/** All that `core` measures, in the order of its tables. */
export const figures: readonly Figure[] = [
  acquireRelease,
  tryAcquire,
  cancel,
  waitingWant,
  idleConnection,
  expiry,
]
