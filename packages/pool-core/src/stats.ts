import { type CloseReason, closeReasons } from './close-reason.ts'

/** Counts since the pool's construction. */
export interface PoolTotals {
  /** All that were stated; a `tryAcquire` only when it returned a lease. */
  readonly wants: number
  /** Wants settled with a connection. */
  readonly got: number
  /** Those of `got` whose connection had served a lease before. */
  readonly reused: number
  /** Wants failed by a dial (its timeout included), or by the end of the pool while they waited. */
  readonly failed: number
  /** Wants canceled or aborted, before or while they waited. */
  readonly canceled: number
  readonly timedOut: number
  /** Wants turned away: the line was full, or the pool closed. */
  readonly refused: number
  readonly dials: number
  /** Dials that ended without a connection, aborted ones included. */
  readonly dialsFailed: number
  /** Dials whose own want was settled before they ended, however they ended. */
  readonly dialsSurplus: number
  /** Connections that dials brought. */
  readonly opened: number
  readonly detached: number
  readonly closed: Readonly<Record<CloseReason, number>>
}

/** What one key looks like now. */
export interface KeyStats {
  /** Connections: `idle + leased`. */
  readonly open: number
  readonly idle: number
  /** Connections with at least one lease. */
  readonly leased: number
  /** Leases on living connections. */
  readonly leases: number
  /** Dials in flight. */
  readonly dialing: number
  /** Wants in line. */
  readonly waiting: number
  /** Keys that have any state. */
  readonly keys: number
}

/**
 * A frozen picture of a pool. At every moment
 *
 * - `wants = got + failed + canceled + timedOut + refused + waiting`
 * - `dials = opened + dialsFailed + dialing`
 * - `opened = open + detached + Σ closed`
 */
export interface PoolStats extends KeyStats {
  readonly totals: PoolTotals
}

export type Totals = {
  -readonly [name in keyof Omit<PoolTotals, 'closed'>]: number
} & { closed: Record<CloseReason, number> }

export function newTotals(): Totals {
  const closed = Object.fromEntries(closeReasons.map((reason) => [reason, 0]))
  return {
    wants: 0,
    got: 0,
    reused: 0,
    failed: 0,
    canceled: 0,
    timedOut: 0,
    refused: 0,
    dials: 0,
    dialsFailed: 0,
    dialsSurplus: 0,
    opened: 0,
    detached: 0,
    closed: closed as Record<CloseReason, number>,
  }
}

export function snapshot(totals: Totals): PoolTotals {
  return Object.freeze({ ...totals, closed: Object.freeze({ ...totals.closed }) })
}
