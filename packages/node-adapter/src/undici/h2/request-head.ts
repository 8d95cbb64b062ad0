import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { OutgoingHttpHeaders } from 'node:http2'
import { stringify } from 'node:querystring'
import { checkRequest } from '../check-request.ts'
import { type DispatchOptions, eachHeader } from '../dispatch-options.ts'
import { undiciError } from '../undici-error.ts'

/** What is about one connection of HTTP/1.1 has no place in HTTP/2 (RFC 9113, section 8.2.2). */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'http2-settings',
  'proxy-connection',
])
/** Refused by undici for HTTP/1.1, too. */
const forbidden: ReadonlySet<string> = new Set(['transfer-encoding', 'keep-alive', 'upgrade'])

export type RequestHead = OutgoingHttpHeaders

/** Throws undici's error for what no server may be sent; Node's session would end all streams for it. */
export function requestHead(options: DispatchOptions, origin: string): RequestHead {
  checkRequest(options)
  const { protocol, host } = new URL(origin)
  const head: RequestHead = {
    ':method': options.method,
    ':scheme': protocol.slice(0, -1),
    ':authority': host,
    ':path': pathOf(options),
  }
  eachHeader(options.headers, (name, value) => addHeader(head, name, value))
  return head
}

export function addHeader(head: RequestHead, given: string, value: unknown): void {
  if (value === undefined) return
  const name = given.toLowerCase()
  if (name === 'host') head[':authority'] = textOf(name, value)
  if (ofConnection.has(name)) return
  if (forbidden.has(name)) throw invalid(name)
  if (name === 'expect') {
    throw undiciError('UND_ERR_NOT_SUPPORTED', 'expect header not supported')
  }
  if (name === 'te' && value !== 'trailers') throw invalid(name)
  if (name === 'content-length' && (head[name] !== undefined || !isLength(value))) {
    throw invalid(name)
  }
  const texts = (Array.isArray(value) ? value : [value]).map((one) => textOf(name, one))
  const before = head[name]
  const all = before === undefined ? texts : [before as string, ...texts]
  // Node refuses a second one of many; to join them means the same (RFC 9110, section 5.3).
  head[name] = all.join(name === 'cookie' ? '; ' : ', ')
}

function isLength(value: unknown): boolean {
  return /^\d+$/.test(String(value))
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'object' && value !== null) throw invalid(name)
  const text = value === null ? '' : String(value)
  try {
    validateHeaderName(name)
    validateHeaderValue(name, text)
  } catch (cause) {
    throw invalid(name, cause)
  }
  return text
}

function pathOf({ path, query }: DispatchOptions): string {
  if (query === undefined || query === null) return path
  if (/[?#]/.test(path)) {
    throw undiciError(
      'UND_ERR_INVALID_ARG',
      'Query params cannot be passed when "?" or "#" already exists in the url path',
    )
  }
  const text = stringify(query as Record<string, string>)
  return text === '' ? path : `${path}?${text}`
}

function invalid(name: string, cause?: unknown): Error {
  return undiciError('UND_ERR_INVALID_ARG', `invalid ${name} header`, cause)
}
