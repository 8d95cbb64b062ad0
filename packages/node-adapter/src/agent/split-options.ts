import type { AgentOptions } from 'node:http'
import { isIP, type Socket } from 'node:net'
import type { Pool, PoolOptions } from '@wantconn/pool-core'
import type { NetAdapterOptions } from '../net-options.ts'
import { proxyFromEnv } from '../proxy/proxy-from-env.ts'
import { show } from '../show.ts'
import type { NetTarget } from '../target.ts'
import { checkTlsOptions, tlsOptionNames } from '../tls/tls-options.ts'
import type { AgentDialOptions, HttpAgentOptions, HttpsAgentOptions } from './agent-options.ts'
import { checkNodeOptions } from './option-checks.ts'

type Values = Record<string, unknown>

/** The options told apart: for the pool, for its adapter, and for Node's own constructor. */
export interface SplitOptions {
  readonly forPool: PoolOptions<Socket>
  readonly forNet: NetAdapterOptions
  readonly forNode: AgentOptions
  readonly pool: Pool<NetTarget, Socket> | undefined
  readonly hintMarginMs: number | undefined
}

/** The same things as Node's agent names them; like there, 0 means not given, where it is let through. */
const nodeNames = {
  maxSockets: 'maxPerKey',
  maxTotalSockets: 'maxTotal',
  maxFreeSockets: 'maxIdlePerKey',
  scheduling: 'idleOrder',
} as const satisfies Partial<Record<keyof AgentOptions, keyof PoolOptions<Socket>>>

// Records, so that the compiler misses an option that the pool has and these have not.
const poolNames: Record<keyof PoolOptions<Socket>, true> = {
  maxPerKey: true,
  maxTotal: true,
  fairAfterMs: true,
  maxIdlePerKey: true,
  maxIdle: true,
  idleTimeoutMs: true,
  maxLifetimeMs: true,
  lifetimeJitter: true,
  maxUses: true,
  dialTimeoutMs: true,
  hedgeMs: true,
  acquireTimeoutMs: true,
  maxWaiting: true,
  idleOrder: true,
  reuse: true,
  trace: true,
  clock: true,
  random: true,
}
const dialNames: Record<keyof AgentDialOptions, true> = {
  attemptDelayMs: true,
  lookupTimeoutMs: true,
  connectTimeoutMs: true,
  proxyTimeoutMs: true,
  tlsTimeoutMs: true,
  proxy: true,
}

/** Throws `TypeError` or `RangeError` for what is given twice or is of the wrong kind. */
export function splitOptions(
  what: string,
  options: HttpAgentOptions | HttpsAgentOptions,
): SplitOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${what} must be an object; got ${show(options)}`)
  }
  const { pool, ...own } = options
  checkNodeOptions(what, options as Values)
  checkTls(what, own as Values)
  const { forPool, forDial, forNode } = sort(own as Values)
  translate(what, forNode, forPool)
  if (pool !== undefined) refuseBesidePool(what, { ...forPool, ...forDial }, forNode)
  forNode['keepAlive'] ??= forPool['reuse'] ?? true
  if (pool === undefined) addDefaults(forNode, forPool)
  return {
    forPool,
    forNet: netOptions(forNode, forDial),
    forNode: { ...forNode, ...namedForNode(forPool) },
    pool,
    hintMarginMs: forNode['agentKeepAliveTimeoutBuffer'] as number | undefined,
  }
}

function checkTls(what: string, own: Values): void {
  const tls = Object.entries(own).filter(([name]) => tlsOptionNames.has(name))
  // An address is no name to ask for; here as in Node it is left out then.
  const asked = tls.filter(([name, value]) => name !== 'servername' || isIP(String(value)) === 0)
  checkTlsOptions(what, Object.fromEntries(asked))
}

function sort(own: Values): { forPool: Values; forDial: Values; forNode: Values } {
  const sorted = { forPool: {} as Values, forDial: {} as Values, forNode: {} as Values }
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined) continue
    if (Object.hasOwn(poolNames, name)) sorted.forPool[name] = value
    else if (Object.hasOwn(dialNames, name)) sorted.forDial[name] = value
    else sorted.forNode[name] = value
  }
  return sorted
}

function translate(what: string, forNode: Values, forPool: Values): void {
  for (const [nodeName, poolName] of Object.entries(nodeNames)) {
    const value = forNode[nodeName]
    delete forNode[nodeName]
    if (!value) continue
    if (forPool[poolName] !== undefined) {
      throw new TypeError(`${what}: ${nodeName} and ${poolName} are the same; give one of them`)
    }
    forPool[poolName] = value
  }
}

// The pool's adapter dials, so these would have no effect, or one on other agents.
function refuseBesidePool(what: string, forPool: Values, forNode: Values): void {
  const names = Object.keys(forPool)
  if (forNode['proxyEnv'] !== undefined) names.push('proxyEnv')
  if (names.length === 0) return
  throw new TypeError(`${what}.pool has options of its own; it cannot be given ${names.join(', ')}`)
}

function addDefaults(forNode: Values, forPool: Values): void {
  forPool['reuse'] ??= forNode['keepAlive']
  // In Node, too, an idle connection ends after the agent's `timeout`.
  if (forNode['timeout']) forPool['idleTimeoutMs'] ??= forNode['timeout']
}

/** What Node's names mean to `netAdapter`. */
function netOptions(forNode: Values, forDial: Values): NetAdapterOptions {
  const { proxyEnv, lookup, noDelay, maxCachedSessions } = forNode
  if (proxyEnv !== undefined && forDial['proxy'] !== undefined) {
    throw new TypeError('proxy and proxyEnv are the same; give one of them')
  }
  return {
    ...forDial,
    noDelay: noDelay as boolean | undefined,
    lookup: lookup as NetAdapterOptions['lookup'],
    maxTlsSessions: maxCachedSessions as number | undefined,
    keepAliveDelayMs: forNode['keepAlive']
      ? Number(forNode['keepAliveMsecs'] || 1_000)
      : Number.POSITIVE_INFINITY,
    ...(proxyEnv ? { proxy: proxyFromEnv(proxyEnv as Record<string, string>) } : {}),
  }
}

/** What Node's constructor makes the agent's public properties from. */
function namedForNode(forPool: PoolOptions<Socket>): AgentOptions {
  return {
    maxSockets: forPool.maxPerKey ?? Number.POSITIVE_INFINITY,
    maxTotalSockets: forPool.maxTotal ?? Number.POSITIVE_INFINITY,
    maxFreeSockets: forPool.maxIdlePerKey ?? Number.POSITIVE_INFINITY,
    scheduling: forPool.idleOrder ?? 'lifo',
  }
}
