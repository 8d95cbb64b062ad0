import { isPoolError } from '../../src/errors.ts'

const labels = new WeakMap<Error, string>()

/** An error of the script's own: an adapter's, a caller's. */
export function scriptError(label: string): Error {
  const error = new Error(label)
  labels.set(error, label)
  return error
}

/** How real pool and model name the same error: a pool's by its code, any other by identity. */
export function labelOf(error: unknown): string {
  if (isPoolError(error, 'ERR_POOL_WANT_TIMEOUT')) {
    return error.cause === undefined ? error.code : `${error.code} after ${labelOf(error.cause)}`
  }
  if (isPoolError(error)) return error.code
  if (!(error instanceof Error)) return `${typeof error} ${String(error)}`
  return labels.get(error) ?? `another error: ${error.message}`
}
