/** Every reason for which a pool ends a connection, in the order in which `stats()` lists them. */
export const closeReasons = [
  'discarded',
  'closed-by-peer',
  'broken',
  'idle-timeout',
  'lifetime',
  'max-uses',
  'max-idle',
  'max-idle-per-key',
  'evicted',
  'reuse-off',
  'drained',
  'close-idle',
  'pool-closed',
  'dial-unwanted',
] as const

/**
 * Why a connection was closed.
 *
 * - `discarded`: its holder ended a lease with `discard()`
 * - `closed-by-peer`: the adapter reported `link.closed()`
 * - `broken`: `adapter.isBroken()` said so before a reuse
 * - `idle-timeout`, `lifetime`, `max-uses`: `idleTimeoutMs`, `maxLifetimeMs`, `maxUses` reached
 * - `max-idle`, `max-idle-per-key`: more idle connections than the limit; the coldest goes
 * - `evicted`: at `maxTotal`, to make room for another key
 * - `reuse-off`: the pool has `reuse: false`
 * - `drained`: the adapter reported `link.drain()`
 * - `close-idle`: `pool.closeIdle()`
 * - `pool-closed`: `pool.close()` or `pool.destroy()`
 * - `dial-unwanted`: its dial was over before it came, or nobody may use it
 */
export type CloseReason = (typeof closeReasons)[number]
