import type { KeyStats } from '@wantconn/pool-core'

/** What undici tells of the connections of one origin. */
export interface OriginStats {
  /** Open connections. */
  readonly connected: number
  /** Open connections that serve nobody. */
  readonly free: number
  /** Requests without a connection. */
  readonly pending: number
  /** The same: all of them are in the one line of their origin. */
  readonly queued: number
  /** Requests on a connection. */
  readonly running: number
  readonly size: number
}

export function originStats({ open, idle, leases, waiting }: KeyStats): OriginStats {
  return {
    connected: open,
    free: idle,
    pending: waiting,
    queued: waiting,
    running: leases,
    size: leases + waiting,
  }
}

export function addStats(one: OriginStats, other: OriginStats): OriginStats {
  const sum = { ...one } as Record<keyof OriginStats, number>
  for (const name of Object.keys(sum) as (keyof OriginStats)[]) sum[name] += other[name]
  return sum
}
