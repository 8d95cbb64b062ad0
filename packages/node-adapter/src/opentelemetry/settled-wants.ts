import type { PoolTotals } from '@wantconn/pool-core'

/** What became of the wants, as `wantconn.want.outcome` says it. */
export function settledWants(totals: PoolTotals): [outcome: string, count: number][] {
  const { got, reused, failed, canceled, timedOut, refused } = totals
  return [
    ['fresh', got - reused],
    ['reused', reused],
    ['failed', failed],
    ['canceled', canceled],
    ['timed_out', timedOut],
    ['refused', refused],
  ]
}
