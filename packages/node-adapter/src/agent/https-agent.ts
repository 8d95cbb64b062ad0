import type { ClientRequest } from 'node:http'
import { Agent } from 'node:https'
import type { Socket } from 'node:net'
import type { Pool } from '@wantconn/pool-core'
import type { NetTarget } from '../target.ts'
import type { AgentFace, NodeMethods } from './agent-face.ts'
import type { HttpsAgentOptions } from './agent-options.ts'
import { AgentRequests } from './agent-requests.ts'
import { defineViews } from './define-views.ts'
import type { RequestOptions } from './node-http.ts'
import { splitOptions } from './split-options.ts'

const { getName, createConnection } = Agent.prototype
const nodeMethods = { getName, createConnection } as NodeMethods

/**
 * An `https.Agent` that binds late; see `HttpAgent`, with which it may share a pool.
 *
 * ```ts
 * const agent = new HttpsAgent({ maxSockets: 50 })
 * https.get('https://example.com/', { agent }, (res) => { … })
 * ```
 *
 * Connections are shared among requests whose TLS options are equal, those included that Node's own
 * `getName` leaves out. TLS sessions are resumed.
 */
export class HttpsAgent extends Agent {
  /** The pool behind it; several agents may share one. */
  readonly pool: Pool<NetTarget, Socket>
  /** Open and dialing connections of the pool. */
  declare readonly totalSocketCount: number
  // Set by Node's constructor, and not in its types.
  declare readonly keepAlive: boolean
  declare readonly keepAliveMsecs: number
  readonly #requests: AgentRequests

  constructor(options: HttpsAgentOptions = {}) {
    const split = splitOptions('HttpsAgentOptions', options)
    const { proxyEnv, ...forNode } = split.forNode as { proxyEnv?: unknown }
    super(forNode)
    // Not for Node's constructor: the tunnels are the pool's. But others may look for it here.
    if (proxyEnv !== undefined) Object.assign(this.options, { proxyEnv })
    this.#requests = new AgentRequests(this as unknown as AgentFace, {
      ...split,
      nodeMethods,
      isSecure: true,
      isProxiedByNode: false,
    })
    this.pool = this.#requests.pool
    defineViews(this, this.#requests)
  }

  /** Called by `node:http` for each request: gets it a socket, now or later. */
  addRequest(
    req: ClientRequest,
    options: RequestOptions | string,
    port?: number | string,
    localAddress?: string,
  ): void {
    this.#requests.add(req, options, port, localAddress)
  }

  /** Whether a socket may serve another request. A hook for those who extend this class. */
  override keepSocketAlive(_socket: Socket): boolean {
    return true
  }

  /** A socket is about to serve another request. A hook for those who extend this class. */
  override reuseSocket(_socket: Socket, req: ClientRequest): void {
    req.reusedSocket = true
  }

  /** Opens a socket beside the pool. The agent's own requests do not come by here. */
  createSocket(
    req: ClientRequest,
    options: RequestOptions,
    callback: (error: Error | null, socket?: Socket) => void,
  ): void {
    this.#requests.create(req, options, callback)
  }

  /** Takes a socket that a request has out of the pool: it is the caller's then. */
  removeSocket(socket: Socket): void {
    this.#requests.remove(socket)
  }

  /**
   * Ends all requests of this agent, waiting or under way, and closes what is idle. A later request
   * starts afresh. A pool given as `options.pool` is left to its owner: its idle connections stay.
   */
  override destroy(): void {
    this.#requests.destroy()
  }
}
