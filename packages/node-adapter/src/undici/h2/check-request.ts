import { validateHeaderName } from 'node:http'
import type { DispatchOptions } from '../dispatch-options.ts'
import { undiciError } from '../undici-error.ts'

/** Throws undici's error for what undici's own client refuses, and `node:http2` would take. */
export function checkRequest(options: DispatchOptions): void {
  const { method, headers, headersTimeout, bodyTimeout, reset, expectContinue } = options
  if (!isToken(method)) throw invalid('invalid request method')
  if (isOdd(headers)) throw invalid('headers array must be even')
  if (!isTimeout(headersTimeout)) throw invalid('invalid headersTimeout')
  if (!isTimeout(bodyTimeout)) throw invalid('invalid bodyTimeout')
  if (!isFlag(reset)) throw invalid('invalid reset')
  if (!isFlag(expectContinue)) throw invalid('invalid expectContinue')
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
