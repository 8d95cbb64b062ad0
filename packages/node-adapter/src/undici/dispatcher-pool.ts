import { Pool } from '@wantconn/pool-core'
import { netAdapter } from '../net-adapter.ts'
import type { NetTarget } from '../target.ts'
import { type DispatchAdapterEvents, dispatchAdapter } from './dispatch-adapter.ts'
import { clientEngine } from './engine.ts'
import type { HttpConn } from './http-conn.ts'
import type { Http1Settings } from './http1-conn.ts'
import { IdleTimes } from './idle-times.ts'
import type { SplitOptions } from './split-options.ts'

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
    events,
  })
  const pool = new Pool(adapter, split.forPool)
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

async function http1Settings(split: SplitOptions): Promise<Http1Settings> {
  const times = new IdleTimes(split.idle)
  return {
    ...split.forClient,
    engine: await clientEngine(split.undici),
    idleMs: (header) => times.of(header),
    reuse: split.forPool.reuse ?? true,
  }
}

/** Once, at the first call; again if it has failed. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error) => {
      made = undefined
      throw error
    })
    return made
  }
}
