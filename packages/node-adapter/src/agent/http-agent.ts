import { Agent, type ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import type { Pool } from '@wantconn/pool-core'
import type { NetTarget } from '../target.ts'
import type { AgentFace, NodeMethods } from './agent-face.ts'
import type { HttpAgentOptions } from './agent-options.ts'
import { AgentRequests } from './agent-requests.ts'
import { defineViews } from './define-views.ts'
import type { RequestOptions } from './node-http.ts'
import { isProxiedByNode } from './node-proxying.ts'
import { splitOptions } from './split-options.ts'

const { getName, createConnection } = Agent.prototype
const nodeMethods = { getName, createConnection } as NodeMethods

/**
 * An `http.Agent` that binds late: a request gets the first connection that is ready, be it a new
 * one or one that another request is done with.
 *
 * ```ts
 * const agent = new HttpAgent({ maxSockets: 50 })
 * http.get('http://example.com/', { agent }, (res) => { … })
 * ```
 *
 * A failed dial fails its own request only, with the system's error. A waiting request can be
 * destroyed, aborted and timed out at once. 'socket' is emitted when a connected socket is bound,
 * so 'lookup' and 'connect' are not to be seen there.
 */
export class HttpAgent extends Agent {
  /** The pool behind it; several agents may share one. */
  readonly pool: Pool<NetTarget, Socket>
  /** Open and dialing connections of the pool. */
  declare readonly totalSocketCount: number
  // Set by Node's constructor, and not in its types.
  declare readonly keepAlive: boolean
  declare readonly keepAliveMsecs: number
  declare readonly options: RequestOptions
  readonly #requests: AgentRequests

  constructor(options: HttpAgentOptions = {}) {
    const split = splitOptions('HttpAgentOptions', options)
    super(split.forNode)
    this.#requests = new AgentRequests(this as unknown as AgentFace, {
      ...split,
      nodeMethods,
      isSecure: false,
      isProxiedByNode: isProxiedByNode(this),
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
