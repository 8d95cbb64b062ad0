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
  readonly query?: Record<string, unknown> | undefined
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
