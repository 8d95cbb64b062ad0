/**
 * Stops at once where the pool's own books would be wrong. The alternative to this noise is a
 * caller who waits for ever, as Go's `connCount underflow` panic is the alternative to a deadlock.
 */
export function bug(what: string): never {
  throw new Error(`bug in @wantconn/pool-core: ${what}`)
}
