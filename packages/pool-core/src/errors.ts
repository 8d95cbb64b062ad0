/** What a {@link PoolError} is about. A dial's own error is passed through as it is, not as one of these. */
export type PoolErrorCode =
  /** The pool was closed or destroyed: before the call, or while it waited. */
  | 'ERR_POOL_CLOSED'
  /** The want was older than its timeout. `cause` is the key's last dial error while it waited, if any. */
  | 'ERR_POOL_WANT_TIMEOUT'
  /** The dial took longer than `dialTimeoutMs`. */
  | 'ERR_POOL_DIAL_TIMEOUT'
  /** The dial brought a connection that could not be used: it was closed or drained before, or had no room. */
  | 'ERR_POOL_DIAL_CLOSED'
  /** `maxWaiting` wants were waiting for the key already. */
  | 'ERR_POOL_QUEUE_FULL'
  /** `want.cancel()` was called without a reason, or `closeIdle()` ended a dial that nobody waited for. */
  | 'ERR_POOL_CANCELED'
  /** A lease was ended twice. */
  | 'ERR_POOL_LEASE_FINISHED'

// In the registry of symbols, so that errors of another copy of this package are recognised too.
const brand = Symbol.for('@wantconn/pool-core.PoolError')

/** An error of the pool itself; {@link PoolError.code} says which. */
export class PoolError extends Error {
  readonly code: PoolErrorCode
  /** The key it concerns, where known. */
  readonly key: string | undefined

  constructor(
    code: PoolErrorCode,
    message: string,
    details?: { key?: string | undefined; cause?: unknown },
  ) {
    super(message, details?.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'PoolError'
    this.code = code
    this.key = details?.key
  }

  static {
    // biome-ignore lint/complexity/noThisInStatic: a class that names itself is bundled as `_PoolError`.
    Object.defineProperty(this.prototype, brand, { value: true })
  }
}

/**
 * An error that comes out of the pool's own timer or of a cancellation, where no frame would tell
 * its reader anything. Without frames it costs a fraction, and holds nothing: until a stack is
 * read, V8 keeps with it what its calls were made on, which is the whole pool.
 */
export function withoutStack(
  code: PoolErrorCode,
  message: string,
  details: { key: string; cause?: unknown },
): PoolError {
  const limit = Error.stackTraceLimit
  const isSet = limit !== undefined && trySetLimit(0)
  try {
    return new PoolError(code, message, details)
  } finally {
    if (isSet) Error.stackTraceLimit = limit
  }
}

/** Where `Error` is frozen, an assignment throws, and the error has its frames. */
function trySetLimit(limit: number): boolean {
  try {
    Error.stackTraceLimit = limit
    return true
  } catch {
    return false
  }
}

/** Whether a value is a {@link PoolError} (with this code, if given), even one of another copy of the package. */
export function isPoolError(value: unknown, code?: PoolErrorCode): value is PoolError {
  if (typeof value !== 'object' || value === null || !(brand in value)) return false
  return code === undefined || (value as Partial<PoolError>).code === code
}
