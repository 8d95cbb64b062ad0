import { channel } from 'node:diagnostics_channel'
import type {
  ConnClosedEvent,
  DialDoneEvent,
  DialStartEvent,
  GetConnEvent,
  GotConnEvent,
  PoolTrace,
  PutIdleEvent,
  WantFailedEvent,
} from '@wantconn/pool-core'

export { combineTraces } from './combine-traces.ts'

/** Which pool a message is about. */
export interface PoolSource {
  /** The name that {@link diagnosticsTrace} was given; undefined if none. */
  readonly pool: string | undefined
}

/**
 * What is published on each channel: the event that the pool's trace was given, and the name of the
 * pool. Of which type connections are, a subscriber to all pools cannot know.
 */
export interface PoolMessages<Conn = unknown> {
  readonly 'wantconn:pool:getConn': GetConnEvent & PoolSource
  readonly 'wantconn:pool:dialStart': DialStartEvent & PoolSource
  readonly 'wantconn:pool:dialDone': DialDoneEvent<Conn> & PoolSource
  readonly 'wantconn:pool:gotConn': GotConnEvent<Conn> & PoolSource
  readonly 'wantconn:pool:wantFailed': WantFailedEvent & PoolSource
  readonly 'wantconn:pool:putIdle': PutIdleEvent<Conn> & PoolSource
  readonly 'wantconn:pool:connClosed': ConnClosedEvent<Conn> & PoolSource
}

export type PoolChannelName = keyof PoolMessages

export interface DiagnosticsOptions {
  /** Goes into every message as `pool`, for subscribers that tell pools apart. */
  readonly name?: string | undefined
}

// Held here for good: Node forgets a channel that nobody refers to.
const getConn = channel('wantconn:pool:getConn' satisfies PoolChannelName)
const dialStart = channel('wantconn:pool:dialStart' satisfies PoolChannelName)
const dialDone = channel('wantconn:pool:dialDone' satisfies PoolChannelName)
const gotConn = channel('wantconn:pool:gotConn' satisfies PoolChannelName)
const wantFailed = channel('wantconn:pool:wantFailed' satisfies PoolChannelName)
const putIdle = channel('wantconn:pool:putIdle' satisfies PoolChannelName)
const connClosed = channel('wantconn:pool:connClosed' satisfies PoolChannelName)

/** The channels of all pools, in the order of a connection's life. */
export const poolChannelNames: readonly PoolChannelName[] = [
  getConn,
  dialStart,
  dialDone,
  gotConn,
  wantFailed,
  putIdle,
  connClosed,
].map(({ name }) => name as PoolChannelName)

/**
 * A trace for `PoolOptions.trace` that publishes to `node:diagnostics_channel`.
 *
 * ```ts
 * const agent = new HttpAgent({ trace: diagnosticsTrace({ name: 'api' }) })
 * subscribe('wantconn:pool:connClosed', (message) => { … })
 * ```
 *
 * Subscribers may come and go at any time. A channel without any has no hook, so that the pool
 * builds and calls nothing for it.
 * Messages come in the order of events, in the async context of whoever caused them, which for
 * `gotConn` may be the caller that has just released the connection.
 */
export function diagnosticsTrace(options: DiagnosticsOptions = {}): PoolTrace<unknown> {
  return new ChannelTrace(checkName(options.name)) as PoolTrace<unknown>
}

type Publishers = Required<PoolTrace<unknown>>

/**
 * Its hooks are there while their channels have subscribers. Getters of a class, and not of an object
 * literal, of which a second one would be slow to look at.
 */
class ChannelTrace {
  readonly #publish: Publishers

  constructor(pool: string | undefined) {
    // Field by field where it is frequent: a spread costs more than all the rest of a hand-over.
    this.#publish = {
      getConn: ({ key }) => getConn.publish({ pool, key }),
      dialStart: ({ key }) => dialStart.publish({ pool, key }),
      dialDone: (event) => dialDone.publish({ pool, ...event }),
      gotConn: ({ key, conn, reused, wasIdle, idleMs, shared, waitedMs }) =>
        gotConn.publish({ pool, key, conn, reused, wasIdle, idleMs, shared, waitedMs }),
      wantFailed: ({ key, error, waitedMs }) => wantFailed.publish({ pool, key, error, waitedMs }),
      putIdle: ({ key, conn }) => putIdle.publish({ pool, key, conn }),
      connClosed: (event) => connClosed.publish({ pool, ...event }),
    }
  }

  get getConn(): Publishers['getConn'] | undefined {
    return getConn.hasSubscribers ? this.#publish.getConn : undefined
  }

  get dialStart(): Publishers['dialStart'] | undefined {
    return dialStart.hasSubscribers ? this.#publish.dialStart : undefined
  }

  get dialDone(): Publishers['dialDone'] | undefined {
    return dialDone.hasSubscribers ? this.#publish.dialDone : undefined
  }

  get gotConn(): Publishers['gotConn'] | undefined {
    return gotConn.hasSubscribers ? this.#publish.gotConn : undefined
  }

  get wantFailed(): Publishers['wantFailed'] | undefined {
    return wantFailed.hasSubscribers ? this.#publish.wantFailed : undefined
  }

  get putIdle(): Publishers['putIdle'] | undefined {
    return putIdle.hasSubscribers ? this.#publish.putIdle : undefined
  }

  get connClosed(): Publishers['connClosed'] | undefined {
    return connClosed.hasSubscribers ? this.#publish.connClosed : undefined
  }
}

function checkName(name: unknown): string | undefined {
  if (name === undefined || typeof name === 'string') return name
  throw new TypeError(`DiagnosticsOptions.name must be a string; got ${typeof name}`)
}
