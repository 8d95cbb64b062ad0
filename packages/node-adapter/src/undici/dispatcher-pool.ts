import { Pool } from '@wantconn/pool-core'
import { netAdapter } from '../net-adapter.ts'
import type { NetTarget } from '../target.ts'
import { type DispatchAdapterEvents, dispatchAdapter } from './dispatch-adapter.ts'
import { clientEngine } from './engine.ts'
import type { Http2Settings } from './h2/http2-conn.ts'
import type { HttpConn } from './http-conn.ts'
import type { Http1Settings } from './http1-conn.ts'
import { KeepAliveReader } from './keep-alive.ts'
import type { SplitOptions } from './split-options.ts'
import { UndecidedDials, type UndecidedSettings } from './undecided-dials.ts'

/** A pool as dispatchers share it. */
export interface DispatcherPool {
  readonly pool: Pool<NetTarget, HttpConn>
  keyOf(target: NetTarget): string
}

const known = new WeakMap<Pool<NetTarget, HttpConn>, DispatcherPool>()

/** One of its own, told of by `events`. */
export function openPool(split: SplitOptions, events: DispatchAdapterEvents): DispatcherPool {
  const adapter = dispatchAdapter({
    sockets: netAdapter(split.forNet),
    http1: lazily(() => http1Settings(split)),
    http2: http2Settings(split),
    expectedStreams: split.h2.maxConcurrentStreams ?? 100,
    undecided: new UndecidedDials(undecidedSettings(split), () => pool),
    events,
  })
  const pool: Pool<NetTarget, HttpConn> = new Pool(adapter, split.forPool)
  const opened = { pool, keyOf: (target: NetTarget) => adapter.key(target) }
  known.set(pool, opened)
  return opened
}

/** Throws `TypeError` for one that is no dispatcher's: its connections would be of another kind. */
export function sharedPool(pool: Pool<NetTarget, HttpConn>): DispatcherPool {
  const shared = known.get(pool)
  if (shared !== undefined) return shared
  throw new TypeError('PoolDispatcherOptions.pool must be the pool of another PoolDispatcher')
}

function http1Settings(split: SplitOptions): Http1Settings {
  return {
    ...split.forClient,
    engine: clientEngine(split.undici),
    keepAlive: new KeepAliveReader(split.idle),
    reuse: split.forPool.reuse ?? true,
  }
}

function http2Settings({ forClient, h2 }: SplitOptions): Http2Settings {
  return {
    initialWindowSize: h2.initialWindowSize,
    connectionWindowSize: h2.connectionWindowSize,
    pingInterval: h2.pingInterval,
    maxStreams: h2.maxConcurrentStreams ?? Number.POSITIVE_INFINITY,
    // undici's own.
    headersTimeout: forClient.headersTimeout ?? 300_000,
    bodyTimeout: forClient.bodyTimeout ?? 300_000,
    maxResponseSize: forClient.maxResponseSize ?? -1,
    strictContentLength: forClient.strictContentLength ?? true,
  }
}

function undecidedSettings({ forPool }: SplitOptions): UndecidedSettings {
  const { maxPerKey, maxTotal, reuse } = forPool
  const never = Number.POSITIVE_INFINITY
  return {
    // Where nothing stays open, nothing can be dialed ahead.
    hedgeMs: reuse === false ? never : (forPool.hedgeMs ?? 300),
    maxConns: Math.min(maxPerKey ?? never, maxTotal ?? never),
  }
}

/** Once, at the first call; again if it has failed. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
