export type { Adapter, Link } from './adapter.ts'
export type { Clock } from './clock.ts'
export type { CloseReason } from './close-reason.ts'
export { isPoolError, PoolError, type PoolErrorCode } from './errors.ts'
export type { Lease } from './lease.ts'

export type { AcquireOptions, PoolOptions, ReleaseHint, WarmOptions } from './options.ts'
export { Pool } from './pool.ts'
export type { KeyStats, PoolStats, PoolTotals } from './stats.ts'
export type {
  ConnClosedEvent,
  DialDoneEvent,
  DialStartEvent,
  GetConnEvent,
  GotConnEvent,
  PoolTrace,
  PutIdleEvent,
  WantFailedEvent,
} from './trace.ts'
export type { Settle, Want } from './want-conn.ts'
