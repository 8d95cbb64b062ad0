import { show } from '../show.ts'

type Check = (name: string, value: unknown) => void

/**
 * Node's own options, as far as an agent understands them. What it does not know goes on to
 * `createConnection`, as in Node, so an unknown name is not refused.
 */
const checks: Readonly<Record<string, Check>> = {
  maxSockets: limit,
  maxTotalSockets: limit,
  maxFreeSockets: limit,
  maxCachedSessions: count,
  keepAliveMsecs: duration,
  agentKeepAliveTimeoutBuffer: duration,
  timeout: duration,
  keepAlive: flag,
  noDelay: flag,
  scheduling,
  proxyEnv: dictionary,
  lookup: callable,
}

/** Throws `TypeError` or `RangeError`, naming option and value. */
export function checkNodeOptions(what: string, options: Readonly<Record<string, unknown>>): void {
  for (const [name, check] of Object.entries(checks)) {
    const value = options[name]
    if (value !== undefined && value !== null) check(`${what}.${name}`, value)
  }
}

function limit(name: string, value: unknown): void {
  number(name, value)
  // Like in Node, 0 means not given.
  if (value === 0 || value === Number.POSITIVE_INFINITY) return
  if ((value as number) >= 1 && Number.isInteger(value)) return
  throw new RangeError(`${name} must be a whole number from 1 on; got ${value}`)
}

function count(name: string, value: unknown): void {
  number(name, value)
  if ((value as number) >= 0 && !Number.isNaN(value)) return
  throw new RangeError(`${name} must be a number from 0 on; got ${value}`)
}

function duration(name: string, value: unknown): void {
  number(name, value)
  if ((value as number) >= 0 && Number.isFinite(value)) return
  throw new RangeError(`${name} must be a number of ms from 0 on; got ${value}`)
}

function number(name: string, value: unknown): void {
  if (typeof value !== 'number') throw wrong(name, 'a number', value)
}

function flag(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw wrong(name, 'true or false', value)
}

function scheduling(name: string, value: unknown): void {
  if (value !== 'lifo' && value !== 'fifo') throw wrong(name, "'lifo' or 'fifo'", value)
}

function dictionary(name: string, value: unknown): void {
  if (typeof value !== 'object') throw wrong(name, 'an object like process.env', value)
}

function callable(name: string, value: unknown): void {
  if (typeof value !== 'function') throw wrong(name, 'a function', value)
}

function wrong(name: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${name} must be ${wanted}; got ${show(value)}`)
}
