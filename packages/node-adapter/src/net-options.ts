import type { NetLookup } from './dial/lookup.ts'
import type { ProxyChoice } from './dial/plans.ts'
import { show } from './show.ts'

/** What holds for all sockets of one adapter. Durations are in ms, above 0; `Infinity`: never. */
export interface NetAdapterOptions {
  /** Small writes are sent at once, without waiting for more (`TCP_NODELAY`). Default `true`. */
  noDelay?: boolean | undefined
  /** Silence after which the system begins to probe whether the peer is there. Default 15,000. */
  keepAliveDelayMs?: number | undefined
  /** Instead of `dns.lookup`. Not called for an IP address. */
  lookup?: NetLookup | undefined
  /**
   * How long one address may be silent before the next is tried beside it (RFC 8305: "Connection
   * Attempt Delay"). Default 250. `Infinity`: only when it has failed.
   */
  attemptDelayMs?: number | undefined
  /** For finding the addresses of a name. Default 10,000. */
  lookupTimeoutMs?: number | undefined
  /** For connecting to any of the addresses. Default 10,000. */
  connectTimeoutMs?: number | undefined
  /** For what a proxy needs to connect through, TLS with it included. Default 10,000. */
  proxyTimeoutMs?: number | undefined
  /** For the handshake. Default 10,000. Go: `TLSHandshakeTimeout`. */
  tlsTimeoutMs?: number | undefined
  /**
   * The proxy of all targets that name none themselves; or a function that chooses one, asked once
   * for each target object. See `proxyFromEnv`. Default: none.
   */
  proxy?: ProxyChoice | undefined
  /** Keys whose TLS sessions are kept to be resumed; the least recently used goes first. 0: none. Default 100. */
  maxTlsSessions?: number | undefined
}

export interface NetSettings {
  readonly noDelay: boolean
  readonly keepAliveDelayMs: number
  readonly lookup: NetLookup | undefined
  readonly attemptDelayMs: number
  readonly lookupTimeoutMs: number
  readonly connectTimeoutMs: number
  readonly proxyTimeoutMs: number
  readonly tlsTimeoutMs: number
  readonly proxy: ProxyChoice | undefined
  readonly maxTlsSessions: number
}

type Check = (name: string, value: unknown) => void

const checks: Record<keyof NetAdapterOptions, Check> = {
  noDelay: checkBoolean,
  keepAliveDelayMs: checkDuration,
  lookup: checkFunction,
  attemptDelayMs: checkDuration,
  lookupTimeoutMs: checkDuration,
  connectTimeoutMs: checkDuration,
  proxyTimeoutMs: checkDuration,
  tlsTimeoutMs: checkDuration,
  // Read, and so checked, by those who use it.
  proxy: () => {},
  maxTlsSessions: checkCount,
}

const defaults: NetSettings = {
  noDelay: true,
  keepAliveDelayMs: 15_000,
  lookup: undefined,
  attemptDelayMs: 250,
  lookupTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  proxyTimeoutMs: 10_000,
  tlsTimeoutMs: 10_000,
  proxy: undefined,
  maxTlsSessions: 100,
}

/** Checks an adapter's options and fills in the defaults; one given as `undefined` is not given. */
export function resolveNetOptions(options: NetAdapterOptions): NetSettings {
  if (typeof options !== 'object' || options === null) {
    throw wrongType('NetAdapterOptions', 'an object', options)
  }
  const settings: Record<string, unknown> = { ...defaults }
  for (const name in options) {
    const value = (options as Record<string, unknown>)[name]
    const check = Object.hasOwn(checks, name) ? checks[name as keyof NetAdapterOptions] : undefined
    if (check === undefined) {
      const known = Object.keys(checks).join(', ')
      throw new TypeError(
        `unknown option NetAdapterOptions.${name} (${show(value)}); known are ${known}`,
      )
    }
    if (value === undefined) continue
    check(`NetAdapterOptions.${name}`, value)
    settings[name] = value
  }
  return Object.freeze(settings as unknown as NetSettings)
}

function checkDuration(name: string, value: unknown): void {
  if (typeof value !== 'number') throw wrongType(name, 'a number of ms', value)
  if (!(value > 0)) throw new RangeError(`${name} must be above 0, or Infinity; got ${value}`)
}

function checkCount(name: string, value: unknown): void {
  if (typeof value !== 'number') throw wrongType(name, 'a number', value)
  const isWhole = Number.isInteger(value) || value === Number.POSITIVE_INFINITY
  if (!isWhole || value < 0) {
    throw new RangeError(`${name} must be a whole number from 0 on, or Infinity; got ${value}`)
  }
}

function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw wrongType(name, 'true or false', value)
}

function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw wrongType(name, 'a function', value)
}

function wrongType(name: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${name} must be ${wanted}; got ${show(value)}`)
}
