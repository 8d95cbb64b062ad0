import { validateHeaderName } from 'node:http'
import type { DispatchOptions } from './dispatch-options.ts'
import { undiciError } from './undici-error.ts'

/** Throws undici's error for what undici's own client refuses, and `node:http2` would take. */
export function checkRequest(options: DispatchOptions): void {
  const { path, method, headers, headersTimeout, bodyTimeout, reset, expectContinue } = options
  if (!isAbsolute(path) && method !== 'CONNECT') {
    throw invalid('path must be an absolute URL or start with a slash')
  }
  if (notOfPaths.test(path)) throw invalid('invalid request path')
  if (!isToken(method)) throw invalid('invalid request method')
  if (isOdd(headers)) throw invalid('headers array must be even')
  if (!isTimeout(headersTimeout)) throw invalid('invalid headersTimeout')
  if (!isTimeout(bodyTimeout)) throw invalid('invalid bodyTimeout')
  if (!isFlag(reset)) throw invalid('invalid reset')
  if (!isFlag(expectContinue)) throw invalid('invalid expectContinue')
}

/** Blanks, controls, and what is more than a byte: cut to one, it could become any other character. */
const notOfPaths = /[^\u0021-\u00ff]/

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || path.startsWith('http://') || path.startsWith('https://')
}

function isToken(method: string): boolean {
  try {
    // A method is made of what names of headers are made of (RFC 9110, section 5.6.2).
    validateHeaderName(method)
    return true
  } catch {
    return false
  }
}

function isOdd(headers: unknown): boolean {
  return Array.isArray(headers) && !Array.isArray(headers[0]) && headers.length % 2 === 1
}

function isTimeout(value: unknown): boolean {
  return value === null || value === undefined || (Number.isFinite(value) && (value as number) >= 0)
}

function isFlag(value: unknown): boolean {
  return value === null || value === undefined || typeof value === 'boolean'
}

function invalid(message: string): Error {
  return undiciError('UND_ERR_INVALID_ARG', message)
}
