import { isIP } from 'node:net'
import { show } from '../show.ts'
import { isHost } from '../target-host.ts'

type Check = (name: string, value: unknown) => void

/**
 * Node's own options, as far as an agent understands them. What it does not know goes on to
 * `createConnection`, as in Node, so an unknown name is not refused.
 */
const checks: Readonly<Record<string, Check>> = {
  maxSockets: limitOrNone,
  maxTotalSockets: limit,
  maxFreeSockets: limitOrNone,
  maxCachedSessions: count,
  keepAliveMsecs: duration,
  agentKeepAliveTimeoutBuffer: duration,
  timeout: duration,
  keepAlive: flag,
  noDelay: flag,
  scheduling,
  proxyEnv: dictionary,
  lookup: callable,
  pool,
  host,
  port,
  defaultPort: port,
  localAddress: address,
  family,
  socketPath: text,
  protocol: text,
}

/** Throws `TypeError` or `RangeError`, naming option and value. */
export function checkNodeOptions(what: string, options: Readonly<Record<string, unknown>>): void {
  for (const [name, check] of Object.entries(checks)) {
    const value = options[name]
    if (value !== undefined && value !== null) check(`${what}.${name}`, value)
  }
}

/** Like in Node, where 0 means not given for all limits but one. */
function limitOrNone(name: string, value: unknown): void {
  if (value !== 0) limit(name, value)
}

function limit(name: string, value: unknown): void {
  whole(name, value, 1)
}

function count(name: string, value: unknown): void {
  whole(name, value, 0)
}

function whole(name: string, value: unknown, least: number): void {
  number(name, value)
  const isWhole = Number.isInteger(value) || value === Number.POSITIVE_INFINITY
  if (isWhole && (value as number) >= least) return
  throw new RangeError(`${name} must be a whole number from ${least} on, or Infinity; got ${value}`)
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

function pool(name: string, value: unknown): void {
  // No `instanceof`: it may be of another copy of the package.
  const methods = value as Record<string, unknown>
  const isPool = ['tryAcquire', 'want', 'closeIdle', 'stats'].every(
    (method) => typeof methods[method] === 'function',
  )
  if (!isPool) throw wrong(name, 'a Pool of netAdapter', value)
}

function host(name: string, value: unknown): void {
  if (typeof value === 'string' && isHost(value)) return
  throw wrong(name, 'a name or an IP address (IPv6 without brackets), nothing more', value)
}

function port(name: string, value: unknown): void {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')
  if (!isNumber) throw wrong(name, 'a number', value)
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return
  throw new RangeError(`${name} must be a whole number from 1 to 65535; got ${value}`)
}

function address(name: string, value: unknown): void {
  if (typeof value !== 'string' || isIP(value) === 0) throw wrong(name, 'an IP address', value)
}

function family(name: string, value: unknown): void {
  if (![0, 4, 6].includes(value as number)) throw wrong(name, '4, 6, or 0 for both', value)
}

function text(name: string, value: unknown): void {
  if (typeof value !== 'string') throw wrong(name, 'a string', value)
}

function callable(name: string, value: unknown): void {
  if (typeof value !== 'function') throw wrong(name, 'a function', value)
}

function wrong(name: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${name} must be ${wanted}; got ${show(value)}`)
}
