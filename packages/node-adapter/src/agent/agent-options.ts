import type { AgentOptions } from 'node:http'
import type { Socket } from 'node:net'
import type { Pool, PoolOptions } from '@wantconn/pool-core'
import { show } from '../show.ts'
import type { NetTarget } from '../target.ts'

/**
 * All that `http.Agent` takes, with the same meaning, and all that a `Pool` takes beside it.
 *
 * `maxSockets`, `maxTotalSockets`, `maxFreeSockets` and `scheduling` are the pool's `maxPerKey`,
 * `maxTotal`, `maxIdlePerKey` and `idleOrder` under Node's names; `timeout` is a request's, and
 * the idle time of a connection unless `idleTimeoutMs` is given.
 */
export interface HttpAgentOptions extends AgentOptions, PoolOptions<Socket> {
  /** Default `true`, unlike Node's. `false`: a connection of its own for each request (`reuse: false`). */
  keepAlive?: boolean | undefined
  /** A pool to share, with the limits that it has. Default: one of the agent's own. */
  pool?: Pool<NetTarget, Socket> | undefined
}

/** The same things as Node's agent names them; like there, 0 means not given. */
const nodeNames = {
  maxSockets: 'maxPerKey',
  maxTotalSockets: 'maxTotal',
  maxFreeSockets: 'maxIdlePerKey',
  scheduling: 'idleOrder',
} as const satisfies Partial<Record<keyof AgentOptions, keyof PoolOptions<Socket>>>

// A record, so that the compiler misses an option that the core has and this has not.
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

/** The options told apart: what a pool is made with, and what Node's own constructor is given. */
export interface SplitOptions {
  readonly forPool: PoolOptions<Socket>
  readonly forNode: AgentOptions
  readonly pool: Pool<NetTarget, Socket> | undefined
}

/** Throws `TypeError` or `RangeError` for what is given twice, is of the wrong kind, or not supported. */
export function splitOptions(options: HttpAgentOptions): SplitOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`HttpAgentOptions must be an object; got ${show(options)}`)
  }
  const { pool, ...own } = options
  refuse(own)
  const forPool: Record<string, unknown> = {}
  const forNode: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(own)) {
    const into = Object.hasOwn(poolNames, name) ? forPool : forNode
    if (value !== undefined) into[name] = value
  }
  translate(forNode, forPool)
  if (pool !== undefined && Object.keys(forPool).length > 0) {
    throw new TypeError(
      `HttpAgentOptions.pool has options of its own; it cannot be given ${Object.keys(forPool).join(', ')}`,
    )
  }
  forNode['keepAlive'] ??= forPool['reuse'] ?? true
  if (pool === undefined) addDefaults(forNode, forPool)
  return { forPool, forNode: { ...forNode, ...namedForNode(forPool) }, pool }
}

function refuse(options: AgentOptions): void {
  if ((options as { proxyEnv?: unknown }).proxyEnv === undefined) return
  throw new TypeError('HttpAgentOptions.proxyEnv is not supported yet')
}

function translate(forNode: Record<string, unknown>, forPool: Record<string, unknown>): void {
  for (const [nodeName, poolName] of Object.entries(nodeNames)) {
    const value = forNode[nodeName]
    delete forNode[nodeName]
    if (!value) continue
    if (forPool[poolName] !== undefined) {
      throw new TypeError(`${nodeName} and ${poolName} are the same option; give one of them`)
    }
    checkNodeOption(nodeName, value)
    forPool[poolName] = value
  }
}

function checkNodeOption(name: string, value: unknown): void {
  if (name === 'scheduling') {
    if (value === 'lifo' || value === 'fifo') return
    throw new TypeError(`HttpAgentOptions.scheduling must be 'lifo' or 'fifo'; got ${show(value)}`)
  }
  if (typeof value !== 'number') {
    throw new TypeError(`HttpAgentOptions.${name} must be a number; got ${show(value)}`)
  }
  if (value < 1 || (!Number.isInteger(value) && value !== Number.POSITIVE_INFINITY)) {
    throw new RangeError(`HttpAgentOptions.${name} must be a whole number from 1 on; got ${value}`)
  }
}

function addDefaults(forNode: Record<string, unknown>, forPool: Record<string, unknown>): void {
  forPool['reuse'] ??= forNode['keepAlive']
  // In Node, too, an idle connection ends after the agent's `timeout`.
  if (forNode['timeout']) forPool['idleTimeoutMs'] ??= forNode['timeout']
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
