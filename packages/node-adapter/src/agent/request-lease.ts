import type { Socket } from 'node:net'
import type { Lease } from '@wantconn/pool-core'
import { IdleWatch } from '../idle-watch.ts'
import { idleTimeoutOf } from './keep-alive-hint.ts'
import type { AgentRequest, AgentSocket, RequestOptions } from './node-http.ts'
import type { Origin } from './origin.ts'

/** Whoever lends sockets to requests, and wants to know when that ends. */
export interface Lender {
  /** False: no connection serves a second request. */
  readonly keepAlive: boolean
  /** How much earlier than its server says a connection is given up; undefined: see `idleTimeoutOf`. */
  readonly hintMarginMs: number | undefined
  /** A hook for those who extend the agent: false closes the socket instead of keeping it. */
  keepSocketAlive(socket: Socket): boolean
  /** 'free' came; the lease has not ended yet. */
  freed(lease: RequestLease): void
  /** The lease is about to end. */
  returned(lease: RequestLease): void
  /** The socket is the caller's now. */
  detached(socket: Socket): void
}

/** Kept on the socket itself, where the listeners, which stay there, find it. */
const leaseOf: unique symbol = Symbol('wantconn.lease')

/** The lease that it is out on now; `null` between two, `undefined` when nobody listens to it. */
type LentSocket = AgentSocket & { [leaseOf]?: RequestLease | null | undefined }

/**
 * One request's hold on a socket, from `onSocket` until `node:http` says what has become of it:
 * 'free' (one tick after the response's end, if both sides keep it alive), 'agentRemove' (it was
 * upgraded and is the caller's now), or 'close'.
 */
export class RequestLease {
  readonly req: AgentRequest
  readonly options: RequestOptions
  readonly origin: Origin
  readonly #lease: Lease<Socket>
  readonly #lender: Lender

  constructor(
    lease: Lease<Socket>,
    req: AgentRequest,
    options: RequestOptions,
    origin: Origin,
    lender: Lender,
  ) {
    this.#lease = lease
    this.req = req
    this.options = options
    this.origin = origin
    this.#lender = lender
    // Only now: an idle socket with two listeners for one event is larger by an array.
    const socket: LentSocket = lease.conn.on('close', onClose)
    if (socket[leaseOf] === undefined) socket.on('free', onFree).on('agentRemove', onRemove)
    socket[leaseOf] = this
  }

  static of(socket: Socket): RequestLease | undefined {
    return (socket as LentSocket)[leaseOf] ?? undefined
  }

  get socket(): Socket {
    return this.#lease.conn
  }

  /** 'free': goes back to the pool if nothing speaks against it. */
  free(): void {
    // Node 20 can say it twice for one request; the second may come when the next one has the socket.
    if (!this.req.destroyed) return
    try {
      this.#lender.freed(this)
    } finally {
      // Whoever was told may have ended it.
      if (RequestLease.of(this.socket) === this) this.#giveBack()
    }
  }

  #giveBack(): void {
    // A request that was destroyed before it began has put nothing on the socket.
    const isUsed = this.req.socket === this.socket
    const hint = isUsed ? this.req.res?.headers['keep-alive'] : undefined
    const idleTimeoutMs = idleTimeoutOf(hint, this.#lender.hintMarginMs)
    const mayStay = !isUsed || (this.req.shouldKeepAlive && this.#lender.keepAlive)
    let stays = false
    try {
      stays = mayStay && idleTimeoutMs !== 0 && this.#lender.keepSocketAlive(this.socket)
    } finally {
      this.#end()
      this.#clean()
      if (!stays) this.#lease.discard()
      else if (idleTimeoutMs === undefined) this.#lease.release()
      else this.#lease.release({ idleTimeoutMs })
    }
  }

  #clean(): void {
    const socket: AgentSocket = this.socket
    socket._httpMessage = null
    // Its idle time is the pool's business: a timer left on it would go off in a later request.
    if (socket.timeout) socket.setTimeout(0)
  }

  /** 'agentRemove': an upgrade or a tunnel. The pool and the agent forget it. */
  detach(): void {
    this.#end()
    unlisten(this.socket)
    this.#lender.detached(this.socket)
    this.#lease.detach()
  }

  /** 'close': the adapter has told the pool already, or does so in a moment. */
  lost(): void {
    this.#end()
    this.#lease.discard()
  }

  #end(): void {
    const socket: LentSocket = this.socket
    socket[leaseOf] = null
    socket.off('close', onClose)
    this.#lender.returned(this)
  }
}

function unlisten(socket: LentSocket): void {
  socket.off('free', onFree).off('agentRemove', onRemove)
  socket[leaseOf] = undefined
}

function onFree(this: Socket): void {
  RequestLease.of(this)?.free()
}

// Not for `removeSocket()`, after which a request may still be under way on it.
function onRemove(this: Socket): void {
  RequestLease.of(this)?.detach()
  IdleWatch.of(this)?.leave()
}

function onClose(this: Socket): void {
  RequestLease.of(this)?.lost()
}
