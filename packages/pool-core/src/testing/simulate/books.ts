import { type CloseReason, closeReasons } from '../../close-reason.ts'
import { engineOf } from '../../pool.ts'
import type { Totals } from '../../stats.ts'
import type { Scene } from './scene.ts'

/** The three equations of `PoolStats`, straight from the counts: a snapshot would cost more than a step. */
export function checkBooks({ pool, witness }: Scene): void {
  const { totals, wants, dialer, conns } = engineOf(pool)
  const { got, failed, canceled, timedOut, refused, opened, detached } = totals
  const isRight =
    totals.wants === got + failed + canceled + timedOut + refused + wants.waiting &&
    totals.dials === opened + totals.dialsFailed + dialer.dialing &&
    opened === conns.open + detached + closedIn(totals)
  // checkInvariants names the equation.
  if (!isRight)
    witness.blame({ rule: 'B', message: 'broken invariant B: the books do not balance' })
}

function closedIn({ closed }: Totals): number {
  let sum = 0
  for (const reason of closeReasons) sum += closed[reason as CloseReason]
  return sum
}
