import { Agent, type ClientRequest, type ClientRequestArgs } from 'node:http'
import type { Socket } from 'node:net'
import { type Lease, Pool } from '@wantconn/pool-core'
import type { OpenSocket } from '../dial-socket.ts'
import { netAdapter } from '../net-adapter.ts'
import { type NetTarget, openSocket, type TargetWithOpener } from '../target.ts'
import { type HttpAgentOptions, splitOptions } from './agent-options.ts'
import { LiveViews } from './live-views.ts'
import type { AgentRequest, RequestOptions } from './node-http.ts'
import { type Lender, RequestLease } from './request-lease.ts'
import { WaitingRequest } from './waiting-request.ts'

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
  readonly #ownsPool: boolean
  readonly #views: LiveViews
  readonly #lender: Lender

  constructor(options: HttpAgentOptions = {}) {
    const { forPool, forNode, pool } = splitOptions(options)
    super(forNode)
    // Node's own bookkeeping: it would take the sockets for its own.
    this.removeAllListeners('free')
    this.#ownsPool = pool === undefined
    this.pool = pool ?? new Pool(netAdapter(), forPool)
    this.#views = new LiveViews((given) => this.getName(this.#merge(given) as ClientRequestArgs))
    this.#lender = {
      keepAlive: this.keepAlive,
      keepSocketAlive: (socket) => this.keepSocketAlive(socket),
      returned: (lease) => this.#views.inUse.delete(lease),
    }
    defineViews(this, this.#views)
  }

  /** Called by `node:http` for each request: gets it a socket, now or later. */
  addRequest(
    request: ClientRequest,
    options: RequestOptions | string,
    port?: number | string,
    localAddress?: string,
  ): void {
    const req = request as unknown as AgentRequest
    const given =
      typeof options === 'string' ? { host: options, port, localAddress: localAddress } : options
    if (req.destroyed) {
      req.onSocket(null)
      return
    }
    const target = this.#targetOf(given as RequestOptions)
    const lease = this.pool.tryAcquire(target)
    if (lease !== undefined) this.#lend(lease, req, given as RequestOptions)
    else this.#wait(req, given as RequestOptions, target)
  }

  /** Whether a socket may serve another request. A hook for those who extend this class. */
  override keepSocketAlive(_socket: Socket): boolean {
    return true
  }

  /** A socket is about to serve another request. A hook for those who extend this class. */
  override reuseSocket(_socket: Socket, req: ClientRequest): void {
    req.reusedSocket = true
  }

  /**
   * Ends all requests of this agent, waiting or under way, and closes what is idle. A later request
   * starts afresh. A pool given as `options.pool` is left to its owner: its idle connections stay.
   */
  override destroy(): void {
    for (const { req } of [...this.#views.waiting]) req.destroy()
    for (const { socket } of [...this.#views.inUse]) socket.destroy()
    if (this.#ownsPool) this.pool.closeIdle()
  }

  #wait(req: AgentRequest, options: RequestOptions, target: NetTarget): void {
    const waiting = new WaitingRequest(req, options, (self, error, lease) => {
      this.#views.waiting.delete(self)
      if (lease !== undefined) this.#lend(lease, req, options)
      else req.onSocket(null, req.destroyed ? undefined : (error ?? noReason()))
    })
    waiting.start(this.pool, target, this.#timeoutOf(req))
    this.#views.waiting.add(waiting)
  }

  #lend(lease: Lease<Socket>, req: AgentRequest, options: RequestOptions): void {
    const socket = lease.conn
    this.#views.inUse.add(new RequestLease(lease, req, options, this.#lender))
    // One that was idle may have been closed by its server just now, even if nobody has used it.
    if (lease.reused || lease.wasIdle) this.reuseSocket(socket, req as unknown as ClientRequest)
    const timeoutMs = this.#timeoutOf(req)
    if (timeoutMs) socket.setTimeout(timeoutMs)
    req.onSocket(socket)
  }

  #timeoutOf(req: AgentRequest): number | undefined {
    return req.timeout ?? this.options.timeout
  }

  #targetOf(given: RequestOptions): NetTarget {
    const own = this.options
    const open = this.#opener(given)
    const socketPath = own.socketPath ?? given.socketPath
    if (socketPath) return { path: socketPath, [openSocket]: open } as TargetWithOpener
    const family = own.family ?? given.family
    return {
      host: own.host ?? given.host ?? 'localhost',
      port: Number(own.port ?? given.port),
      localAddress: own.localAddress ?? given.localAddress,
      family: family === 4 || family === 6 ? family : undefined,
      [openSocket]: open,
    } as TargetWithOpener
  }

  /** By way of `createConnection`, which may be overridden, and with all that it gets in Node. */
  #opener(given: RequestOptions): OpenSocket {
    return (done) => {
      const tracked = (socket: Socket | null | undefined): typeof socket => {
        if (typeof socket?.once === 'function') this.#views.opened(socket, given)
        return socket
      }
      const options = this.#connectOptions(given) as ClientRequestArgs
      const returned = this.createConnection(options, (error, socket) => {
        done(error, tracked(socket as Socket | undefined) ?? undefined)
      })
      return tracked(returned as Socket | null | undefined)
    }
  }

  #merge(given: RequestOptions): RequestOptions {
    return Object.assign(Object.create(null), given, this.options)
  }

  #connectOptions(given: RequestOptions): object {
    const options = this.#merge(given)
    // `timeout` is the request's: on the socket it would go on when that is idle.
    const { timeout: _, socketPath, ...rest } = options
    const keepAlive = this.keepAlive && {
      keepAlive: true,
      keepAliveInitialDelay: this.keepAliveMsecs,
    }
    return { ...rest, path: socketPath ?? null, encoding: null, socketPath, ...keepAlive }
  }
}

/** Over the empty dictionaries of Node's constructor. */
function defineViews(agent: HttpAgent, views: LiveViews): void {
  const live = (get: () => unknown): PropertyDescriptor => ({ get, enumerable: true })
  Object.defineProperties(agent, {
    requests: live(() => views.requests),
    sockets: live(() => views.sockets),
    freeSockets: live(() => views.freeSockets),
    totalSocketCount: live(() => {
      const { open, dialing } = agent.pool.stats()
      return open + dialing
    }),
  })
}

function noReason(): Error {
  return new Error('the connection could not be opened, and nothing says why')
}
