import type { PoolOptions } from '@wantconn/pool-core'
import type { NetAdapterOptions } from '../net-options.ts'
import { tlsOptionNames } from '../tls/tls-options.ts'
import type { ConnectOptions, UndiciOptions } from './dispatcher-options.ts'
import type { HttpConn } from './http-conn.ts'

// Records, so that the compiler misses an option that there is and these have not.
const pool: Record<keyof PoolOptions<HttpConn>, true> = {
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
const net: Record<keyof NetAdapterOptions, true> = {
  noDelay: true,
  keepAliveDelayMs: true,
  lookup: true,
  attemptDelayMs: true,
  lookupTimeoutMs: true,
  connectTimeoutMs: true,
  proxyTimeoutMs: true,
  tlsTimeoutMs: true,
  proxy: true,
  maxTlsSessions: true,
}
const undici: Record<keyof UndiciOptions, true> = {
  connections: true,
  pipelining: true,
  keepAliveTimeout: true,
  keepAliveMaxTimeout: true,
  keepAliveTimeoutThreshold: true,
  headersTimeout: true,
  bodyTimeout: true,
  maxResponseSize: true,
  maxHeaderSize: true,
  strictContentLength: true,
  allowH2: true,
  maxConcurrentStreams: true,
  initialWindowSize: true,
  connectionWindowSize: true,
  pingInterval: true,
  connect: true,
  connectTimeout: true,
  localAddress: true,
  socketPath: true,
  maxCachedSessions: true,
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: true,
  maxRequestsPerClient: true,
  clientTtl: true,
  webSocket: true,
  eventSource: true,
}
const connect: Record<
  Exclude<keyof ConnectOptions, keyof import('node:tls').ConnectionOptions>,
  true
> & {
  timeout: true
  lookup: true
} = {
  timeout: true,
  keepAlive: true,
  keepAliveInitialDelay: true,
  noDelay: true,
  localAddress: true,
  family: true,
  lookup: true,
  socketPath: true,
  maxCachedSessions: true,
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: true,
}

/** undici's, and why they are refused. */
export const refused: Readonly<Record<string, string>> = {
  factory: 'it makes dispatchers that bind early; there is one pool for all origins',
  interceptors: 'stack them with compose() instead',
  maxOrigins: 'origins without a connection leave no state behind; limit connections by maxTotal',
  useH2c: 'HTTP/2 without TLS is not spoken here',
  h2Options: 'give what is in it beside the other options',
  maxRedirections: 'stack the redirect interceptor of undici with compose() instead',
  keepAlive: "as in undici; use 'pipelining: 0' or 'reuse: false'",
  socketTimeout: 'as in undici; use headersTimeout and bodyTimeout',
  requestTimeout: 'as in undici; use headersTimeout and bodyTimeout',
  idleTimeout: 'as in undici; use keepAliveTimeout',
  maxKeepAliveTimeout: 'as in undici; use keepAliveMaxTimeout',
}

export type OptionKind = 'pool' | 'net' | 'undici' | 'own'

const own = new Set(['tls', 'family', 'pool', 'undici'])

export function kindOf(name: string): OptionKind | undefined {
  if (Object.hasOwn(pool, name)) return 'pool'
  if (Object.hasOwn(net, name)) return 'net'
  if (Object.hasOwn(undici, name)) return 'undici'
  return own.has(name) ? 'own' : undefined
}

export function isConnectOption(name: string): boolean {
  return Object.hasOwn(connect, name)
}

export function isTlsOption(name: string): boolean {
  return tlsOptionNames.has(name)
}
