import { undiciError } from './undici-error.ts'

/**
 * What a request is dispatched with, as far as it is read here: undici's `DispatchOptions` of all
 * generations, and what `fetch` adds to them.
 */
export interface DispatchOptions {
  readonly origin?: string | URL | undefined
  readonly path: string
  readonly method: string
  readonly body?: unknown
  readonly headers?: unknown
  readonly query?: Record<string, unknown> | null | undefined
  readonly upgrade?: boolean | string | null | undefined
  readonly headersTimeout?: number | null | undefined
  readonly bodyTimeout?: number | null | undefined
  readonly reset?: boolean | null | undefined
  readonly expectContinue?: boolean | undefined
  readonly idempotent?: boolean | undefined
  readonly blocking?: boolean | undefined
  readonly typeOfService?: number | null | undefined
  readonly throwOnError?: unknown
  readonly maxRedirections?: unknown
  readonly servername?: string | null | undefined
  /** `false`: HTTP/1.1, whatever the dispatcher may speak. A WebSocket asks for this. */
  readonly allowH2?: boolean | undefined
}

/** A request's options as they were when it was dispatched, whatever becomes of those that were given. */
export interface OwnOptions extends DispatchOptions {
  servername?: string | undefined
}

/**
 * Its caller may use the object that was given for the next request, and a connection may come later
 * than that. One by one: undici 8 refuses what `request()` of undici 7 leaves in them.
 */
export function ownOptions(given: DispatchOptions): OwnOptions {
  return {
    path: given.path,
    method: given.method,
    body: given.body,
    headers: ownHeaders(given.headers),
    query: given.query && { ...given.query },
    idempotent: given.idempotent,
    blocking: given.blocking,
    upgrade: given.upgrade,
    headersTimeout: given.headersTimeout,
    bodyTimeout: given.bodyTimeout,
    // Else undici closes the connection after a HEAD, in case that the server sends a body.
    reset: given.reset ?? (given.method === 'HEAD' ? false : undefined),
    expectContinue: given.expectContinue,
    typeOfService: given.typeOfService,
    throwOnError: given.throwOnError,
    maxRedirections: given.maxRedirections,
    servername: undefined,
  }
}

function ownHeaders(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return headers
  if (Array.isArray(headers)) return [...headers]
  if (typeof (headers as Iterable<unknown>)[Symbol.iterator] !== 'function') return { ...headers }
  return inTurn(headers as Iterable<unknown>)
}

/** An iterator can be read once, and a request may have to be sent twice. */
function inTurn(pairs: Iterable<unknown>): unknown[] {
  const all: unknown[] = []
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw undiciError('UND_ERR_INVALID_ARG', 'headers must be in key-value pair format')
    }
    all.push(pair[0], pair[1])
  }
  return all
}

/** Calls with each name and value of the headers, in any of the forms that undici takes. */
export function eachHeader(headers: unknown, visit: (name: string, value: unknown) => void): void {
  if (headers === null || headers === undefined) return
  if (Array.isArray(headers)) eachInTurn(headers, visit)
  else if (typeof (headers as Iterable<unknown>)[Symbol.iterator] === 'function') {
    for (const [name, value] of headers as Iterable<[string, unknown]>) visit(name, value)
  } else {
    for (const name in headers) visit(name, (headers as Record<string, unknown>)[name])
  }
}

function eachInTurn(
  headers: readonly unknown[],
  visit: (name: string, value: unknown) => void,
): void {
  if (Array.isArray(headers[0])) {
    for (const [name, value] of headers as [string, unknown][]) visit(name, value)
    return
  }
  for (let i = 0; i + 1 < headers.length; i += 2) visit(String(headers[i]), headers[i + 1])
}

/** The value of one header; the name in lower case. */
export function headerOf(headers: unknown, name: string): string | undefined {
  let found: string | undefined
  eachHeader(headers, (given, value) => {
    if (given.length === name.length && given.toLowerCase() === name) found ??= String(value)
  })
  return found
}
