import { type CloseReason, closeReasons } from '../../src/close-reason.ts'
import type { Totals } from '../../src/stats.ts'
import type { Setting } from './script.ts'

/** What the model knows of a want. Errors are labels, names stand for objects. */
export interface ModelWant {
  readonly name: string
  readonly number: number
  readonly key: string
  readonly statedAt: number
  readonly timeoutAt: number
  readonly hasHooks: boolean
  dial: ModelDial | undefined
  /** The key's last dial error while it waited. */
  dialError: string | undefined
}

export interface ModelDial {
  readonly name: string
  readonly key: string
  readonly startedAt: number
  readonly isForWant: boolean
  want: ModelWant | undefined
  capacity: number
  isSlow: boolean
  /** `in flight` until it settles or is aborted; an aborted one may still bring a connection. */
  state: 'in flight' | 'aborted' | 'settled'
  /** `link.closed` or `link.drain` came first. */
  isSpoilt: boolean
  isLost: boolean
  error: string | undefined
}

export interface ModelConn {
  readonly name: string
  readonly key: string
  readonly livesUntil: number
  capacity: number
  leases: number
  uses: number
  isOpen: boolean
  isBroken: boolean
  retired: { readonly reason: CloseReason; readonly error: string | undefined } | undefined
  toldIdle: boolean
  idleAt: number
  idleUntil: number
  /** When its load last changed, among all such changes. */
  turn: number
}

export interface ModelLease {
  readonly conn: ModelConn
  hasEnded: boolean
}

export interface ModelWarmup {
  readonly name: string
  readonly key: string
  readonly count: number
  dialsLeft: number
}

export type Outcome = ModelLease | { readonly error: string }

/** A setting with nothing left out. */
export type Limits = Required<Setting>

export function limitsOf(setting: Setting): Limits {
  const none = Number.POSITIVE_INFINITY
  return {
    maxPerKey: none,
    maxTotal: none,
    fairAfterMs: 1000,
    maxIdlePerKey: none,
    maxIdle: 1024,
    idleTimeoutMs: 90_000,
    maxLifetimeMs: none,
    lifetimeJitter: 0.1,
    maxUses: none,
    dialTimeoutMs: 30_000,
    hedgeMs: 300,
    acquireTimeoutMs: none,
    maxWaiting: none,
    idleOrder: 'lifo',
    reuse: true,
    ...setting,
  }
}

export function noTotals(): Totals {
  const counts = ['wants', 'got', 'reused', 'failed', 'canceled', 'timedOut', 'refused'] as const
  const more = ['dials', 'dialsFailed', 'dialsSurplus', 'opened', 'detached'] as const
  return {
    ...Object.fromEntries([...counts, ...more].map((name) => [name, 0])),
    closed: Object.fromEntries(closeReasons.map((reason) => [reason, 0])),
  } as Totals
}
