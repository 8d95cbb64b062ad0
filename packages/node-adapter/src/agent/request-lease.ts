import type { Socket } from 'node:net'
import type { Lease } from '@wantconn/pool-core'
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

/** The lease that a socket is out on now; the listeners stay on the socket, so they ask here. */
const leases = new WeakMap<Socket, RequestLease>()
const listening = new WeakSet<Socket>()

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
    leases.set(lease.conn, this)
    // Only now: an idle socket with two listeners for one event is larger by an array.
    listen(lease.conn.on('close', onClose))
  }

  static of(socket: Socket): RequestLease | undefined {
    return leases.get(socket)
  }

  get socket(): Socket {
    return this.#lease.conn
  }

  /** 'free': goes back to the pool if nothing speaks against it. */
  free(): void {
    // Node 20 can say it twice for one request; the second may come when the next one has the socket.
    if (!this.req.destroyed) return
    this.#lender.freed(this)
    // Whoever was told may have ended it.
    if (leases.get(this.socket) === this) this.#giveBack()
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
      if (stays) this.#lease.release({ idleTimeoutMs })
      else this.#lease.discard()
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
    unlisten(this.socket)
    this.#end()
    this.#lender.detached(this.socket)
    this.#lease.detach()
  }

  /** 'close': the adapter has told the pool already, or does so in a moment. */
  lost(): void {
    this.#end()
    this.#lease.discard()
  }

  #end(): void {
    leases.delete(this.socket)
    this.socket.off('close', onClose)
    this.#lender.returned(this)
  }
}

function listen(socket: Socket): void {
  if (listening.has(socket)) return
  listening.add(socket)
  socket.on('free', onFree).on('agentRemove', onRemove)
}

function unlisten(socket: Socket): void {
  listening.delete(socket)
  socket.off('free', onFree).off('agentRemove', onRemove)
}

function onFree(this: Socket): void {
  leases.get(this)?.free()
}

function onRemove(this: Socket): void {
  leases.get(this)?.detach()
}

function onClose(this: Socket): void {
  leases.get(this)?.lost()
}
