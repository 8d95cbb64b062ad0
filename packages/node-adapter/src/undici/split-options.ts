import type { ConnectionOptions } from 'node:tls'
import type { Pool, PoolOptions } from '@wantconn/pool-core'
import { diagnosticsTrace } from '../diagnostics.ts'
import type { NetAdapterOptions } from '../net-options.ts'
import { show } from '../show.ts'
import type { NetTarget } from '../target.ts'
import type { Connector, PoolDispatcherOptions } from './dispatcher-options.ts'
import type { HttpClientOptions, UndiciModule } from './engine.ts'
import type { HttpConn } from './http-conn.ts'
import { isConnectOption, isTlsOption, kindOf, refused } from './option-names.ts'
import { checkValue } from './option-values.ts'

const what = 'PoolDispatcherOptions'

type Values = Record<string, unknown>

/** Where all targets of a dispatcher are alike. */
export interface Place {
  readonly socketPath: string | undefined
  readonly localAddress: string | undefined
  readonly family: 4 | 6 | undefined
  readonly tls: ConnectionOptions
  readonly connector: Connector | undefined
}

export interface H2Settings {
  readonly allowH2: boolean
  readonly maxConcurrentStreams?: number
  readonly initialWindowSize: number
  readonly connectionWindowSize: number
  readonly pingInterval: number
}

export interface IdleSettings {
  readonly keepAliveTimeout: number | undefined
  readonly keepAliveTimeoutThreshold: number | undefined
}

/** The options told apart, by whom they are for. */
export interface SplitOptions {
  readonly forPool: PoolOptions<HttpConn>
  readonly forNet: NetAdapterOptions
  readonly forClient: HttpClientOptions
  readonly h2: H2Settings
  readonly idle: IdleSettings
  readonly place: Place
  readonly pool: Pool<NetTarget, HttpConn> | undefined
  readonly undici: UndiciModule | undefined
  readonly webSocket: object
  readonly eventSource: object
}

/** Throws `TypeError` or `RangeError` for what is unknown, wrong, or given twice. */
export function splitOptions(options: PoolDispatcherOptions): SplitOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${what} must be an object; got ${show(options)}`)
  }
  const given = new Given(options as unknown as Values)
  const values = given.values
  return {
    forPool: given.forPool,
    forNet: given.forNet,
    forClient: pick(values, clientNames) as HttpClientOptions,
    h2: {
      ...h2Defaults,
      ...pick(values, [...Object.keys(h2Defaults), 'maxConcurrentStreams']),
    } as H2Settings,
    idle: pick(values, [
      'keepAliveTimeout',
      'keepAliveTimeoutThreshold',
    ]) as unknown as IdleSettings,
    place: {
      socketPath: values['socketPath'] as string | undefined,
      localAddress: values['localAddress'] as string | undefined,
      family: (values['family'] || undefined) as 4 | 6 | undefined,
      tls: given.tls,
      connector:
        typeof values['connect'] === 'function' ? (values['connect'] as Connector) : undefined,
    },
    pool: values['pool'] as Pool<NetTarget, HttpConn> | undefined,
    undici: values['undici'] as UndiciModule | undefined,
    webSocket: (values['webSocket'] ?? {}) as object,
    eventSource: (values['eventSource'] ?? {}) as object,
  }
}

const clientNames = [
  'headersTimeout',
  'bodyTimeout',
  'maxResponseSize',
  'maxHeaderSize',
  'strictContentLength',
]

const h2Defaults = {
  allowH2: true,
  initialWindowSize: 262_144,
  connectionWindowSize: 524_288,
  pingInterval: 10_000,
}

function pick(values: Values, names: readonly string[]): Values {
  const picked: Values = {}
  for (const name of names) if (values[name] !== undefined) picked[name] = values[name]
  return picked
}

/** undici's names for what the pool or dialing has names for. */
const poolNames: Readonly<Record<string, keyof PoolOptions<HttpConn>>> = {
  connections: 'maxPerKey',
  keepAliveMaxTimeout: 'idleTimeoutMs',
  maxRequestsPerClient: 'maxUses',
  clientTtl: 'maxLifetimeMs',
}

/** What has been given, sorted, and each thing under one name. */
class Given {
  readonly values: Values = {}
  readonly forPool: Values = {}
  readonly forNet: Values = {}
  readonly tls: ConnectionOptions & Values = {}

  constructor(options: Values) {
    for (const [name, value] of Object.entries(options)) {
      // `null` is not given either, as in undici.
      if (value !== undefined && value !== null) this.#take(name, value)
    }
    this.#takeConnect()
    this.#translate()
    this.#refuseBesidePool()
    if (this.values['pool'] === undefined) this.#addDefaults()
  }

  #take(name: string, value: unknown): void {
    const kind = kindOf(name)
    if (kind === undefined) throw unknownOption(what, name, value)
    checkValue(what, name, value)
    if (kind === 'pool') this.forPool[name] = value
    else if (kind === 'net') this.forNet[name] = value
    else if (name === 'tls') Object.assign(this.tls, value)
    else this.values[name] = value
  }

  #takeConnect(): void {
    const { connect } = this.values
    if (typeof connect !== 'object') return
    for (const [name, value] of Object.entries(connect as object)) {
      if (value === undefined || value === null) continue
      if (isTlsOption(name)) this.#put(this.tls, name, value, `connect.${name}`)
      else this.#takeConnectOption(name, value)
    }
  }

  #takeConnectOption(name: string, value: unknown): void {
    if (!isConnectOption(name)) throw unknownOption(`${what}.connect`, name, value)
    checkValue(`${what}.connect`, name, value)
    if (kindOf(name) === 'net') this.#put(this.forNet, name, value, `connect.${name}`)
    else if (name === 'timeout') this.#put(this.values, 'connectTimeout', value, 'connect.timeout')
    else this.#put(this.values, name, value, `connect.${name}`)
  }

  #translate(): void {
    const { values, forNet } = this
    for (const [name, poolName] of Object.entries(poolNames)) {
      if (values[name]) this.#put(this.forPool, poolName, values[name], name)
    }
    if (values['clientTtl']) this.forPool['lifetimeJitter'] ??= 0
    if (values['pipelining'] === 0) this.#put(this.forPool, 'reuse', false, 'pipelining')
    if (values['maxCachedSessions'] !== undefined) {
      this.#put(forNet, 'maxTlsSessions', values['maxCachedSessions'], 'maxCachedSessions')
    }
    this.#translateTimes()
  }

  #translateTimes(): void {
    const { values, forNet } = this
    const never = Number.POSITIVE_INFINITY
    const timeout = values['connectTimeout']
    if (timeout !== undefined) {
      this.#put(forNet, 'connectTimeoutMs', timeout || never, 'connectTimeout')
      forNet['tlsTimeoutMs'] ??= timeout || never
    }
    const delay = values['keepAlive'] === false ? never : values['keepAliveInitialDelay']
    if (delay !== undefined) this.#put(forNet, 'keepAliveDelayMs', delay || 1, 'connect.keepAlive')
    const attempt =
      values['autoSelectFamily'] === false ? never : values['autoSelectFamilyAttemptTimeout']
    if (attempt !== undefined) this.#put(forNet, 'attemptDelayMs', attempt, 'autoSelectFamily')
  }

  #put(into: Values, name: string, value: unknown, givenAs: string): void {
    if (into[name] !== undefined && into[name] !== value) {
      throw new TypeError(`${what}: ${givenAs} and ${name} are the same; give one of them`)
    }
    into[name] = value
  }

  // Its own adapter dials, and its own limits hold: these would have no effect.
  #refuseBesidePool(): void {
    if (this.values['pool'] === undefined) return
    const names = [...Object.keys(this.forPool), ...Object.keys(this.forNet)]
    for (const name of ['undici', ...clientNames])
      if (this.values[name] !== undefined) names.push(name)
    if (names.length === 0) return
    throw new TypeError(
      `${what}.pool has options of its own; it cannot be given ${names.join(', ')}`,
    )
  }

  #addDefaults(): void {
    this.forPool['trace'] ??= diagnosticsTrace()
  }
}

function unknownOption(where: string, name: string, value: unknown): TypeError {
  const why = refused[name]
  if (why !== undefined) return new TypeError(`${where}.${name} cannot be honoured: ${why}`)
  return new TypeError(`unknown option ${where}.${name} (${show(value)})`)
}
