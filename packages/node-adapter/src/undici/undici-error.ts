/** What undici itself calls these errors, so that its users' checks work here, too. */
const names = {
  UND_ERR_ABORTED: ['AbortError', 'Request aborted'],
  UND_ERR_BODY_TIMEOUT: ['BodyTimeoutError', 'Body Timeout Error'],
  UND_ERR_CLOSED: ['ClientClosedError', 'The client is closed'],
  UND_ERR_DESTROYED: ['ClientDestroyedError', 'The client is destroyed'],
  UND_ERR_HEADERS_TIMEOUT: ['HeadersTimeoutError', 'Headers Timeout Error'],
  UND_ERR_INFO: ['InformationalError', 'Request information'],
  UND_ERR_INVALID_ARG: ['InvalidArgumentError', 'Invalid Argument Error'],
  UND_ERR_NOT_SUPPORTED: ['NotSupportedError', 'Not supported error'],
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: [
    'RequestContentLengthMismatchError',
    'Request body length does not match content-length header',
  ],
  UND_ERR_RES_EXCEEDED_MAX_SIZE: [
    'ResponseExceededMaxSizeError',
    'Response content exceeded max size',
  ],
  UND_ERR_SOCKET: ['SocketError', 'Socket error'],
} as const

export type UndiciErrorCode = keyof typeof names

/**
 * An error with undici's code and name. Also `instanceof` of undici's own class from 7 on, which
 * looks for these marks, as there may be several copies of undici in one process.
 */
export function undiciError(code: UndiciErrorCode, message?: string, cause?: unknown): Error {
  const [name, usual] = names[code]
  const error = new Error(message ?? usual, cause === undefined ? undefined : { cause })
  Object.defineProperty(error, Symbol.for('undici.error.UND_ERR'), { value: true })
  Object.defineProperty(error, Symbol.for(`undici.error.${code}`), { value: true })
  return Object.assign(error, { name, code })
}
