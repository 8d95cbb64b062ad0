import { isIP } from 'node:net'
import { show } from '../show.ts'

type Check = (name: string, value: unknown) => void

/** What undici's own options may be; those of the pool and of dialing are checked by these. */
const checks: Readonly<Record<string, Check>> = {
  connections: wholeFrom(1),
  pipelining,
  keepAliveTimeout: aboveZero,
  keepAliveMaxTimeout: aboveZero,
  keepAliveTimeoutThreshold: fromZero,
  headersTimeout: wholeFrom(0),
  bodyTimeout: wholeFrom(0),
  maxResponseSize: wholeFrom(-1),
  maxHeaderSize: wholeFrom(1),
  strictContentLength: flag,
  allowH2: flag,
  maxConcurrentStreams: wholeFrom(1),
  initialWindowSize: wholeFrom(1),
  connectionWindowSize: wholeFrom(1),
  pingInterval: wholeFrom(0),
  connect: objectOrFunction,
  connectTimeout: fromZero,
  timeout: fromZero,
  keepAlive: flag,
  keepAliveInitialDelay: fromZero,
  localAddress: address,
  socketPath: text,
  maxCachedSessions: wholeFrom(0),
  autoSelectFamily: flag,
  autoSelectFamilyAttemptTimeout: wholeFrom(1),
  maxRequestsPerClient: wholeFrom(0),
  clientTtl: aboveZero,
  webSocket: object,
  eventSource: object,
  tls: object,
  family,
  undici: module,
}

/** Throws `TypeError` or `RangeError`, naming option and value. */
export function checkValue(what: string, name: string, value: unknown): void {
  checks[name]?.(`${what}.${name}`, value)
}

function wholeFrom(least: number): Check {
  return (name, value) => {
    number(name, value)
    if (Number.isInteger(value) && (value as number) >= least) return
    throw new RangeError(`${name} must be a whole number from ${least} on; got ${value}`)
  }
}

function aboveZero(name: string, value: unknown): void {
  number(name, value)
  if ((value as number) > 0) return
  throw new RangeError(`${name} must be a number of ms above 0; got ${value}`)
}

function fromZero(name: string, value: unknown): void {
  number(name, value)
  if ((value as number) >= 0) return
  throw new RangeError(`${name} must be a number of ms from 0 on; got ${value}`)
}

function pipelining(name: string, value: unknown): void {
  number(name, value)
  if (value === 0 || value === 1) return
  throw new RangeError(
    `${name} must be 1, or 0: a request that is sent behind another is bound to wait for it; got ${value}`,
  )
}

function number(name: string, value: unknown): void {
  if (typeof value !== 'number') throw wrong(name, 'a number', value)
}

function flag(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw wrong(name, 'true or false', value)
}

function text(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw wrong(name, 'a path', value)
}

function address(name: string, value: unknown): void {
  if (typeof value !== 'string' || isIP(value) === 0) throw wrong(name, 'an IP address', value)
}

function family(name: string, value: unknown): void {
  if (value !== 0 && value !== 4 && value !== 6) throw wrong(name, '4, 6, or 0 for both', value)
}

function object(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw wrong(name, 'an object', value)
}

function objectOrFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') object(name, value)
}

function module(name: string, value: unknown): void {
  const { Client } = Object(value) as { Client?: unknown }
  if (typeof Client !== 'function')
    throw wrong(name, "undici, as 'import * as undici' has it", value)
}

function wrong(name: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${name} must be ${wanted}; got ${show(value)}`)
}
