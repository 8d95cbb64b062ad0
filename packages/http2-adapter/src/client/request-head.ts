import { validateHeaderValue } from 'node:http'
import { type OutgoingHttpHeaders, sensitiveHeaders } from 'node:http2'
import { show } from '../show.ts'
import type { Destination } from './origins.ts'

/** Header names that say how HTTP/1.1 uses its connection (RFC 9113, section 8.2.2). */
const aboutConnection = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

const nameInLowerCase = /^[a-z0-9!#$%&'*+\-.^_`|~]+$/
/** RFC 3986, section 3.2, without a user. */
const authorityForm = /^[\w\-.~%!$&'()*+,;=:[\]]+$/

/** What Node takes to be sent as the head of one request; more, and it ends the whole session. */
const maxHeadBytes = 65_536
/** What nghttp2 reckons for each field, and once for the whole, besides names and values. */
const fieldOverhead = 12
/** Of the fields that each request has, or may get, without their values. */
const usualBytes = ':method:scheme:authority:pathcontent-length'.length + 16 + fieldOverhead * 6

type SensitiveHeaders = Record<typeof sensitiveHeaders, unknown>

/** What goes before the body, checked: a session is shared, so a fault must not reach it. */
export function requestHead(
  { origin, path }: Destination,
  method: string,
  given: OutgoingHttpHeaders,
): OutgoingHttpHeaders {
  const { scheme, authority } = origin
  const head: OutgoingHttpHeaders = {
    ':method': method,
    ':scheme': scheme,
    ':authority': authority,
    ':path': path,
  }
  let bytes = usualBytes + method.length + scheme.length + authority.length + path.length
  for (const name in given) {
    const value = given[name]
    if (value === undefined) continue
    const own = ownValue(name, value)
    checkField(name, own)
    head[name] = own
    bytes += bytesOf(name, own)
  }
  const sensitive = (given as SensitiveHeaders)[sensitiveHeaders]
  if (sensitive !== undefined) {
    checkSensitive(sensitive)
    ;(head as SensitiveHeaders)[sensitiveHeaders] = [...sensitive]
  }
  if (bytes > maxHeadBytes) {
    throw new RangeError(`the head of a request must be below ${maxHeadBytes} bytes; got ${bytes}`)
  }
  return head
}

/** As it is now, whatever its caller does with the array; and without blanks around it (RFC 9113, section 8.2.1). */
function ownValue(name: string, value: unknown): string | number | string[] {
  if (typeof value === 'string') return withoutBlanks(value)
  if (typeof value === 'number') return value
  if (!Array.isArray(value) || !value.every(isText)) {
    throw coded(
      `the header ${show(name)} must be a string, a number or a list of these; got ${show(value)}`,
      'ERR_HTTP_INVALID_HEADER_VALUE',
    )
  }
  return value.map((each) => withoutBlanks(String(each)))
}

function isText(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

function withoutBlanks(text: string): string {
  return /^[ \t]|[ \t]$/.test(text) ? text.replace(/^[ \t]+|[ \t]+$/g, '') : text
}

function checkSensitive(names: unknown): asserts names is string[] {
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return
  throw new TypeError(`http2.sensitiveHeaders must be a list of names; got ${show(names)}`)
}

/** What Node sends once only. It would say so when there is a session, and not before. */
const once: ReadonlySet<string> = new Set([
  'access-control-request-method',
  'authorization',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-md5',
  'content-range',
  'content-type',
  'date',
  'dnt',
  'etag',
  'expires',
  'from',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'range',
  'referer',
  'retry-after',
  'upgrade-insecure-requests',
  'user-agent',
])

/** Each of several values is a field of its own. */
function bytesOf(name: string, value: string | number | readonly string[]): number {
  if (!Array.isArray(value)) return name.length + String(value).length + fieldOverhead
  return value.reduce((sum: number, each) => sum + bytesOf(name, String(each)), 0)
}

const usualMethods: ReadonlySet<unknown> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
])

export function checkMethod(method: unknown): asserts method is string {
  if (usualMethods.has(method)) return
  if (typeof method !== 'string' || !nameInLowerCase.test(method.toLowerCase())) {
    throw new TypeError(`options.method must be the name of a method; got ${show(method)}`)
  }
  if (method.toUpperCase() === 'CONNECT') {
    throw new TypeError('CONNECT has no response to wait for: lease a session from client.pool')
  }
}

function checkField(name: string, value: string | number | readonly string[]): void {
  if (name === ':authority') checkAuthority(value)
  else if (!nameInLowerCase.test(name)) throw wrongName(name)
  if (name === 'host') throw new TypeError("in HTTP/2, the header 'host' is ':authority'")
  if (aboutConnection.has(name) || (name === 'te' && value !== 'trailers')) {
    throw coded(
      `the header ${show(name)} is about a connection of HTTP/1.1`,
      'ERR_HTTP2_INVALID_CONNECTION_HEADERS',
    )
  }
  if (Array.isArray(value) && value.length > 1 && once.has(name)) {
    throw coded(
      `the header ${show(name)} has one value; got ${show(value)}`,
      'ERR_HTTP2_HEADER_SINGLE_VALUE',
    )
  }
  validateHeaderValue(name, value as string)
}

function checkAuthority(value: unknown): void {
  if (typeof value === 'string' && authorityForm.test(value)) return
  throw coded(`:authority must be a host and a port; got ${show(value)}`, 'ERR_INVALID_ARG_VALUE')
}

function wrongName(name: string): TypeError {
  const message = name.startsWith(':')
    ? `${show(name)} is told by the URL and the method`
    : `the names of headers are tokens in lower case; got ${show(name)}`
  return coded(message, 'ERR_INVALID_HTTP_TOKEN')
}

function coded(message: string, code: string): TypeError {
  return Object.assign(new TypeError(message), { code })
}
