import type { Pool } from '@wantconn/pool-core'
import type { NetTarget } from '../target.ts'
import type { HttpConn } from './http-conn.ts'

export interface UndecidedSettings {
  readonly hedgeMs: number
  /** The most connections that a key may have. */
  readonly maxConns: number
}

/**
 * The first dials to servers of which nobody knows yet whether they speak HTTP/2.
 *
 * All who want such a server wait for one dial, as that may bring a session for all of them. If it
 * takes longer than `hedgeMs` they wait no longer: each gets a dial, as if it were HTTP/1.1, so that
 * nobody is later than that much for hoping. If a session comes after all, what was dialed besides
 * is given up.
 */
export class UndecidedDials {
  readonly #settings: UndecidedSettings
  readonly #pool: () => Pool<NetTarget, HttpConn>
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #warming = new Map<string, AbortController>()

  constructor(settings: UndecidedSettings, pool: () => Pool<NetTarget, HttpConn>) {
    this.#settings = settings
    this.#pool = pool
  }

  begun(key: string, target: NetTarget): void {
    const { hedgeMs } = this.#settings
    if (this.#timers.has(key) || hedgeMs > 2 ** 31 - 1) return
    const timer = setTimeout(() => this.#hurry(key, target), hedgeMs)
    this.#timers.set(key, timer.unref())
  }

  /** A dial of the key has ended, with a connection that carries so many; 0: with none. */
  ended(key: string, capacity: number): void {
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
    const warming = this.#warming.get(key)
    if (warming === undefined || capacity === 0) return
    this.#warming.delete(key)
    // When those who wait have got what they can of it.
    if (capacity > 1) setImmediate(() => this.#giveUpRest(key, warming))
  }

  #hurry(key: string, target: NetTarget): void {
    const pool = this.#pool()
    const { open, dialing, waiting } = pool.stats(key)
    const count = Math.min(open + waiting, this.#settings.maxConns)
    if (count <= open + dialing) return
    const warming = new AbortController()
    this.#warming.set(key, warming)
    // One that fails is no news: the pool tries again for those who still wait.
    const forget = (): void => {
      if (this.#warming.get(key) === warming) this.#warming.delete(key)
    }
    pool.warm(target, count, { signal: warming.signal }).then(forget, forget)
  }

  #giveUpRest(key: string, warming: AbortController): void {
    warming.abort()
    const pool = this.#pool()
    if (pool.stats(key).waiting === 0) pool.closeIdle(key)
  }
}
