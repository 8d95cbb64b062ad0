import type { CallQueue } from './call-queue.ts'
import type { CloseReason } from './close-reason.ts'

/** A want was stated. */
export interface GetConnEvent {
  readonly key: string
}

/** A dial begins; `adapter.dial` is called right after. */
export interface DialStartEvent {
  readonly key: string
}

/** A dial has ended: with a connection, with an error, or because the pool had no more use for it. */
export interface DialDoneEvent<Conn> {
  readonly key: string
  readonly durationMs: number
  /** What it failed with; absent if it brought a connection. */
  readonly error?: unknown
  readonly conn?: Conn
  /** Its own want was settled already. */
  readonly surplus: boolean
}

/** A want was settled with a connection. */
export interface GotConnEvent<Conn> {
  readonly key: string
  readonly conn: Conn
  /** It had served a lease before this one. */
  readonly reused: boolean
  /** It came from the idle list. */
  readonly wasIdle: boolean
  readonly idleMs: number
  /** Its capacity is above 1. */
  readonly shared: boolean
  readonly waitedMs: number
}

/** A want was settled with an error: a failed dial, a timeout, an abort, a cancel, the pool's end. */
export interface WantFailedEvent {
  readonly key: string
  readonly error: unknown
  readonly waitedMs: number
}

/** A connection became idle. */
export interface PutIdleEvent<Conn> {
  readonly key: string
  readonly conn: Conn
}

/** A connection has left the pool's books, other than by `detach()`. */
export interface ConnClosedEvent<Conn> {
  readonly key: string
  readonly conn: Conn
  readonly reason: CloseReason
  /** What `discard`, `link.closed` or `destroy` was given. */
  readonly error?: Error
}

/**
 * Hooks into the life of wants, dials and connections; all optional. In `PoolOptions.trace` they
 * see everything, in `AcquireOptions.trace` that want's own events until it has settled (so never
 * `putIdle` or `connClosed`).
 *
 * Each is called after the pool's state has changed and may re-enter the pool. What it throws
 * becomes an uncaught error of its own.
 */
export interface PoolTrace<Conn> {
  /** For a `tryAcquire`, only when it returns a lease. */
  getConn?(event: GetConnEvent): void
  dialStart?(event: DialStartEvent): void
  dialDone?(event: DialDoneEvent<Conn>): void
  gotConn?(event: GotConnEvent<Conn>): void
  wantFailed?(event: WantFailedEvent): void
  /** Not called when a waiting want takes the connection straight away. */
  putIdle?(event: PutIdleEvent<Conn>): void
  connClosed?(event: ConnClosedEvent<Conn>): void
}

export const traceHooks = [
  'getConn',
  'dialStart',
  'dialDone',
  'gotConn',
  'wantFailed',
  'putIdle',
  'connClosed',
] as const

type Hook = (typeof traceHooks)[number]
type EventOf<Conn, Name extends Hook> = Parameters<NonNullable<PoolTrace<Conn>[Name]>>[0]

/** Puts a hook's call into the queue, if there is such a hook. */
export function emit<Conn, Name extends Hook>(
  calls: CallQueue,
  trace: PoolTrace<Conn> | undefined,
  name: Name,
  event: EventOf<Conn, Name>,
): void {
  if (trace?.[name] !== undefined) calls.add(callHook<Conn, Name>, trace, { name, event })
}

function callHook<Conn, Name extends Hook>(
  trace: PoolTrace<Conn>,
  { name, event }: { name: Name; event: EventOf<Conn, Name> },
): void {
  const hooks = trace as { [name in Hook]?: (event: EventOf<Conn, Name>) => void }
  hooks[name]?.(event)
}
