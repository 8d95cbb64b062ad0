import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import { type Lease, Pool, type PoolOptions } from '@wantconn/pool-core'
import type { NetAdapterOptions } from '../net-options.ts'
import type { NetTarget } from '../target.ts'
import { agentAdapter } from './agent-adapter.ts'
import type { AgentFace, NodeMethods } from './agent-face.ts'
import { resetAsyncContext } from './async-reset.ts'
import { Creation, connectOptions } from './creation.ts'
import { asNodeTells } from './dial-failure.ts'
import { LiveViews } from './live-views.ts'
import type { AgentRequest, RequestOptions } from './node-http.ts'
import { isTunnelErrorEmitted } from './node-proxying.ts'
import type { Origin } from './origin.ts'
import { Origins } from './origins.ts'
import { type Lender, RequestLease } from './request-lease.ts'
import type { SplitOptions } from './split-options.ts'
import { WaitingRequest } from './waiting-request.ts'

export interface AgentRequestsOptions extends SplitOptions {
  readonly isSecure: boolean
  readonly nodeMethods: NodeMethods
  /** Node goes through a proxy by way of its own `createConnection`. */
  readonly isProxiedByNode: boolean
}

/** The requests of one agent, from `addRequest` to the end of their sockets' leases. */
export class AgentRequests {
  readonly pool: Pool<NetTarget, Socket>
  readonly views: LiveViews = new LiveViews()
  readonly #agent: AgentFace
  readonly #ownsPool: boolean
  readonly #origins: Origins
  readonly #creation: Creation
  readonly #lender: Lender

  constructor(agent: AgentFace, options: AgentRequestsOptions) {
    const { nodeMethods, isSecure, isProxiedByNode, forPool, forNet, pool } = options
    this.#agent = agent
    this.#ownsPool = pool === undefined
    this.pool = pool ?? this.#newPool(forNet, forPool)
    this.#origins = new Origins(agent, nodeMethods, isSecure)
    const ownLookup = pool === undefined ? forNet.lookup : undefined
    this.#creation = new Creation(agent, nodeMethods, isProxiedByNode, ownLookup)
    this.#lender = this.#makeLender(options.hintMarginMs)
  }

  /** What `addRequest` of an agent gets; the last two in the form that is older than Node 4. */
  add(
    request: ClientRequest,
    options: RequestOptions | string,
    port?: number | string,
    localAddress?: string,
  ): void {
    const req = request as unknown as AgentRequest
    const given =
      typeof options === 'string'
        ? ({ host: options, port, localAddress } as RequestOptions)
        : options
    if (given.agent === false) keepNothing(req)
    if (req.destroyed) req.onSocket(null)
    else this.#serve(req, given, this.#origins.of(req, given))
  }

  /** Ends what is waiting or under way, and, of its own pool, what is idle. */
  destroy(): void {
    for (const { req } of [...this.views.waiting]) req.destroy()
    for (const { socket } of [...this.views.inUse]) socket.destroy()
    if (this.#ownsPool) this.pool.closeIdle()
  }

  /** A socket that is not to come back. */
  remove(socket: Socket): void {
    const lease = RequestLease.of(socket)
    if (lease !== undefined && this.views.inUse.has(lease)) lease.detach()
  }

  /** Opens a socket beside the pool, for those who call an agent's `createSocket`. */
  create(
    request: ClientRequest,
    given: RequestOptions,
    callback: (error: Error | null, socket?: Socket) => void,
  ): void {
    const origin = this.#origins.of(request as unknown as AgentRequest, given)
    const options = connectOptions(this.#agent, given, origin)
    let isCalled = false
    const callOnce = (error: Error | null, socket?: Socket): void => {
      if (isCalled) return
      isCalled = true
      callback(error, socket)
    }
    const socket = this.#agent.createConnection(options, callOnce)
    // To `net.connect`, the second argument is a listener to 'connect'.
    if (socket) callOnce(null, socket)
  }

  #serve(req: AgentRequest, given: RequestOptions, origin: Origin): void {
    const lease = this.pool.tryAcquire(origin.target)
    if (lease !== undefined) this.#lend(lease, req, given, origin)
    else this.#wait(req, given, origin)
  }

  #wait(req: AgentRequest, asked: RequestOptions, origin: Origin): void {
    // Its caller may use the object that was given for the next request.
    const given = { ...asked }
    const waiting = new WaitingRequest(req, origin, (self, error, lease) => {
      this.views.waiting.delete(self)
      if (lease !== undefined) this.#lendLater(lease, req, given, origin)
      else fail(req, asNodeTells(error))
    })
    waiting.start(this.pool, this.#creation.targetOf(given, origin), this.#timeoutOf(req))
    this.views.waiting.add(waiting)
  }

  /** Not in `http.request` any more, which could throw what an overridden method throws. */
  #lendLater(lease: Lease<Socket>, req: AgentRequest, given: RequestOptions, origin: Origin): void {
    try {
      this.#lend(lease, req, given, origin)
    } catch (error) {
      fail(req, error)
    }
  }

  #lend(lease: Lease<Socket>, req: AgentRequest, given: RequestOptions, origin: Origin): void {
    const socket = lease.conn
    resetAsyncContext(socket)
    this.#know(socket, origin)
    this.views.inUse.add(new RequestLease(lease, req, given, origin, this.#lender))
    // The request listens in this tick; until then a flowing socket, as Node's agent hands it out,
    // loses nothing, and need not be made to flow again.
    if (lease.wasIdle) (socket as Flowing).readableFlowing = true
    try {
      // One that was idle may have been closed by its server just now, even if nobody has used it.
      if (lease.reused || lease.wasIdle) this.#reuse(socket, req, given)
      const timeoutMs = this.#timeoutOf(req)
      if (timeoutMs) socket.setTimeout(timeoutMs)
    } catch (error) {
      socket.destroy()
      throw error
    }
    req.onSocket(socket)
  }

  #newPool(forNet: NetAdapterOptions, forPool: PoolOptions<Socket>): Pool<NetTarget, Socket> {
    return new Pool(agentAdapter(forNet, this.views), forPool)
  }

  /** Its own pool has told it of the socket before, and tells when it is gone. */
  #know(socket: Socket, origin: Origin): void {
    const isNew = this.views.know(socket, origin)
    if (isNew && !this.#ownsPool) socket.on('close', () => this.views.forget(socket))
  }

  #reuse(socket: Socket, req: AgentRequest, given: RequestOptions): void {
    this.#agent.reuseSocket(socket, req as unknown as ClientRequest)
    // A request's own is told to a fresh socket at its creation.
    const limit = given.highWaterMark ?? this.#agent.options.highWaterMark
    if (limit !== undefined && limit !== null) setHighWaterMark(socket, limit)
  }

  #timeoutOf(req: AgentRequest): number | undefined {
    return req.timeout ?? this.#agent.options.timeout
  }

  #makeLender(hintMarginMs: number | undefined): Lender {
    const agent = this.#agent
    const { views } = this
    return {
      get keepAlive() {
        return agent.keepAlive
      },
      hintMarginMs,
      keepSocketAlive: (socket) => agent.keepSocketAlive(socket),
      freed({ socket, options }) {
        if (agent.listenerCount('free') > 0) {
          agent.emit('free', socket, { ...options, ...agent.options })
        }
      },
      returned: (lease) => views.inUse.delete(lease),
      detached: (socket) => views.forget(socket),
    }
  }
}

type Flowing = Socket & { readableFlowing: boolean | null }

/** `agent: false` makes `node:http` use an agent for this one request; in Node that keeps nothing alive. */
function keepNothing(req: AgentRequest): void {
  req.shouldKeepAlive = false
  req._last = true
}

/** With the error it was destroyed with, if it was. */
function fail(req: AgentRequest, error: unknown): void {
  if (req.destroyed) {
    // Of one that was aborted by its older name, `node:http` tells no error by itself.
    req.onSocket(null, req.aborted ? hangUp() : undefined)
    return
  }
  const isTunnel = (error as { code?: unknown } | null)?.code === 'ERR_PROXY_TUNNEL'
  if (isTunnel && !isTunnelErrorEmitted()) req.emit('error', error)
  req.onSocket(null, error)
}

/** What Node's agent fails a request with whose socket is destroyed under it. */
function hangUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
}

/** As Node 26 does. */
function setHighWaterMark(socket: Socket, limit: number): void {
  const state = (socket as Socket & { _writableState?: { highWaterMark: number } })._writableState
  if (state !== undefined) state.highWaterMark = limit
}
