import { constants } from 'node:os'
import { NetDialError } from '../net-dial-error.ts'

/**
 * Clients know what Node's agent fails with; phase and addresses are for those who trace the pool.
 * What Node's has no words for is told with them.
 */
export function asNodeTells(error: unknown): unknown {
  const told = error instanceof NetDialError && isKnownToNode(error) ? error.cause : error
  if (isHandshakeError(told)) return failedWrite(told)
  return told ?? new Error('the connection could not be opened, and nothing says why')
}

/** Not a limit of ours on a phase, nor what went wrong with a proxy, and would else seem the server's fault. */
function isKnownToNode({ phase, code, cause }: NetDialError): boolean {
  if (phase === 'proxy') return code === 'ERR_PROXY_TUNNEL'
  return code !== 'ETIMEDOUT' || (cause as NodeJS.ErrnoException).syscall !== undefined
}

/** What OpenSSL found wrong in the handshake itself, not in a certificate. */
function isHandshakeError(error: unknown): error is Error {
  return error instanceof Error && (error as { library?: unknown }).library === 'SSL routines'
}

/** In Node the request has been written by then, and it is that write which fails. */
function failedWrite(cause: Error): Error {
  const error = new Error(`write EPROTO ${cause.message}`, { cause })
  return Object.assign(error, { errno: -constants.errno.EPROTO, code: 'EPROTO', syscall: 'write' })
}
