import type { Meter } from '@opentelemetry/api'
import { type Server, serverOfKey } from './server-of-key.ts'

/** `'http'`: the `http.client.*` metrics; `'db'`: `db.client.connection.*`, the conventions' only ones for pools. */
export type Convention = 'http' | 'db'

export interface PoolMetricsOptions {
  /** The pool's name in attributes; no other pool in the process should have it. */
  readonly name: string
  /**
   * Default: a meter of the global provider, which must have been set before. Pools that report to
   * the same server should have the same meter, or their open connections are not added up.
   */
  readonly meter?: Meter | undefined
  /** Which metrics there are beside `wantconn.pool.*`. Default `['http']`. */
  readonly conventions?: readonly Convention[] | undefined
  /**
   * Where a key's connections lead: `server.address` and its like. Called once for most keys, and
   * must say the same each time. Undefined: `_OTHER`. Default: `serverOfKey`.
   */
  readonly serverOf?: ((key: string) => Server | undefined) | undefined
  /**
   * Servers that have series of their own: the first so many. All others share one, which has
   * `otel.metric.overflow` instead of a server. Default 100.
   */
  readonly maxServers?: number | undefined
  /** The pool's `maxTotal`, for `db.client.connection.max`: reported if finite. */
  readonly maxTotal?: number | undefined
  /** The pool's `maxIdle`, for `db.client.connection.idle.max`: reported if finite. */
  readonly maxIdle?: number | undefined
  /** The time in ms, for how long connections are open and used. Default `performance.now`. */
  readonly now?: (() => number) | undefined
}

export interface PoolMetricsSettings {
  readonly name: string
  readonly http: boolean
  readonly db: boolean
  readonly serverOf: (key: string) => Server | undefined
  readonly maxServers: number
  readonly maxTotal: number
  readonly maxIdle: number
  readonly now: () => number
}

const known = [
  'name',
  'meter',
  'conventions',
  'serverOf',
  'maxServers',
  'maxTotal',
  'maxIdle',
  'now',
] as const satisfies readonly (keyof PoolMetricsOptions)[]

/** Checks the options and fills in the defaults; one given as `undefined` is not given. */
export function resolveOptions(options: PoolMetricsOptions): PoolMetricsSettings {
  checkNames(options)
  const conventions: readonly Convention[] = options.conventions ?? ['http']
  checkConventions(conventions)
  return {
    name: checkName(options.name),
    http: conventions.includes('http'),
    db: conventions.includes('db'),
    serverOf: checkFunction('serverOf', options.serverOf ?? serverOfKey),
    maxServers: checkWhole('maxServers', options.maxServers ?? 100),
    maxTotal: checkWhole('maxTotal', options.maxTotal ?? Number.POSITIVE_INFINITY),
    maxIdle: checkWhole('maxIdle', options.maxIdle ?? Number.POSITIVE_INFINITY),
    now: checkFunction('now', options.now ?? (() => performance.now())),
  }
}

function checkNames(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`PoolMetricsOptions must be an object; got ${String(options)}`)
  }
  for (const name in options) {
    if ((known as readonly string[]).includes(name)) continue
    throw new TypeError(`unknown option PoolMetricsOptions.${name}; known are ${known.join(', ')}`)
  }
}

function checkName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name
  throw new TypeError(`PoolMetricsOptions.name must be a string that is not empty; got ${name}`)
}

function checkConventions(conventions: unknown): void {
  const isRight =
    Array.isArray(conventions) && conventions.every((name) => name === 'http' || name === 'db')
  if (isRight) return
  throw new TypeError(
    `PoolMetricsOptions.conventions must be an array of 'http' and 'db'; got ${conventions}`,
  )
}

function checkFunction<T>(name: string, value: T): T {
  if (typeof value === 'function') return value
  throw new TypeError(`PoolMetricsOptions.${name} must be a function; got ${typeof value}`)
}

function checkWhole(name: string, value: unknown): number {
  if (typeof value !== 'number') {
    throw new TypeError(`PoolMetricsOptions.${name} must be a number; got ${typeof value}`)
  }
  const isRight = value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value >= 0)
  if (isRight) return value
  throw new RangeError(
    `PoolMetricsOptions.${name} must be a whole number from 0 on, or Infinity; got ${value}`,
  )
}
