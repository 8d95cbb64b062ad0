import type { AgentOptions as NodeHttpOptions } from 'node:http'
import type { AgentOptions as NodeHttpsOptions } from 'node:https'
import type { Socket } from 'node:net'
import type { Pool, PoolOptions } from '@wantconn/pool-core'
import type { NetAdapterOptions } from '../net-options.ts'
import type { NetTarget } from '../target.ts'

/** What is dialed how. An agent takes these beside Node's options; the others of `netAdapter` have names there. */
export type AgentDialOptions = Pick<
  NetAdapterOptions,
  | 'attemptDelayMs'
  | 'lookupTimeoutMs'
  | 'connectTimeoutMs'
  | 'proxyTimeoutMs'
  | 'tlsTimeoutMs'
  | 'proxy'
>

/** What both agents take beside the options of Node's. */
interface OwnOptions extends PoolOptions<Socket>, AgentDialOptions {
  /** Default `true`, unlike Node's. `false`: a connection of its own for each request (`reuse: false`). */
  keepAlive?: boolean | undefined
  /**
   * Where to find the proxy: `process.env`, or an object like it, as in Node 24. Default: no proxy.
   * Where Node itself cannot (before 22.21 and 24.5), and for `https:` always, through a tunnel.
   */
  proxyEnv?: Readonly<Record<string, string | undefined>> | undefined
  /**
   * In ms: how much earlier than its server says (`Keep-Alive: timeout=N`) an idle connection is given
   * up. Default: a tenth of that time, at most a second.
   */
  agentKeepAliveTimeoutBuffer?: number | undefined
  defaultPort?: number | undefined
  protocol?: string | undefined
  /** A pool to share, with the limits that it has. Default: one of the agent's own. */
  pool?: Pool<NetTarget, Socket> | undefined
}

/**
 * All that `http.Agent` takes, with the same meaning, and all that a `Pool` takes beside it.
 *
 * `maxSockets`, `maxTotalSockets`, `maxFreeSockets` and `scheduling` are the pool's `maxPerKey`,
 * `maxTotal`, `maxIdlePerKey` and `idleOrder` under Node's names; `timeout` is a request's, and
 * the idle time of a connection unless `idleTimeoutMs` is given.
 */
export interface HttpAgentOptions extends Omit<NodeHttpOptions, keyof OwnOptions>, OwnOptions {}

/** The same for `https.Agent`, with the options of TLS. */
export interface HttpsAgentOptions extends Omit<NodeHttpsOptions, keyof OwnOptions>, OwnOptions {}
