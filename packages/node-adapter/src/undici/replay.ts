import { type DispatchOptions, headerOf } from './dispatch-options.ts'

/** Go: `isReplayable`. Whether its caller, or its method, says that a server may get it twice. */
export function isIdempotent({ method, headers }: DispatchOptions): boolean {
  return (
    method === 'GET' ||
    method === 'HEAD' ||
    method === 'OPTIONS' ||
    method === 'TRACE' ||
    headerOf(headers, 'idempotency-key') !== undefined ||
    headerOf(headers, 'x-idempotency-key') !== undefined
  )
}

/** No body, or one that is all there: a stream or an iterable cannot be read twice. */
export function hasReplayableBody({ body }: DispatchOptions): boolean {
  if (body === null || body === undefined || typeof body === 'string') return true
  return ArrayBuffer.isView(body) || body instanceof ArrayBuffer
}

/**
 * Whether an error says that the connection was lost, rather than that something on it was wrong:
 * undici's own for an end that came too early, or the system's for a read or a write.
 */
export function isLostConnection(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown }
  return code === 'UND_ERR_SOCKET' || syscall === 'read' || syscall === 'write'
}
