import { AsyncResource } from 'node:async_hooks'
import type { Socket } from 'node:net'
import type { Lease, Pool, Want } from '@wantconn/pool-core'
import { startTimer } from '../dial/deadline.ts'
import type { NetTarget } from '../target.ts'
import type { AgentRequest } from './node-http.ts'
import type { Origin } from './origin.ts'

/** Told once, in the request's own async context. */
type Settled = (waiting: WaitingRequest, error: unknown, lease: Lease<Socket> | undefined) => void

/**
 * A request without a socket yet.
 *
 * `node:http` keeps quiet about such a request: `destroy()`, an aborted signal and a timeout show
 * only when a socket comes. So while it waits, and no longer, its `destroy` and `setTimeout` are
 * replaced by ones that act at once and give its place in line free.
 */
export class WaitingRequest {
  readonly req: AgentRequest
  readonly origin: Origin
  readonly #settled: Settled
  readonly #scope = new AsyncResource('QueuedRequest')
  #want: Want | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(req: AgentRequest, origin: Origin, settled: Settled) {
    this.req = req
    this.origin = origin
    this.#settled = settled
  }

  /** Throws what the adapter says of a target that cannot be dialed; then nothing has begun. */
  start(pool: Pool<NetTarget, Socket>, target: NetTarget, timeoutMs: number | undefined): void {
    this.#want = pool.want(target, (error, lease) => this.#settle(error, lease))
    this.#shadow()
    this.#arm(timeoutMs)
  }

  #settle(error: unknown, lease: Lease<Socket> | undefined): void {
    clearTimeout(this.#timer)
    this.#unshadow()
    this.#want = undefined
    this.#scope.runInAsyncScope(this.#settled, undefined, this, error, lease)
  }

  #shadow(): void {
    this.req.destroy = this.#destroy
    this.req.setTimeout = this.#setTimeout
  }

  // Only its own: a library may have put another one over it meanwhile, which still calls it.
  #unshadow(): void {
    const { req } = this
    if (req.destroy === this.#destroy) Reflect.deleteProperty(req, 'destroy')
    if (req.setTimeout === this.#setTimeout) Reflect.deleteProperty(req, 'setTimeout')
  }

  readonly #destroy = (error?: Error): AgentRequest => {
    const { req } = this
    prototypeOf(req).destroy.call(req, error)
    this.#want?.cancel(stoppedWanting)
    return req
  }

  readonly #setTimeout = (ms: number, callback?: () => void): AgentRequest => {
    const { req } = this
    prototypeOf(req).setTimeout.call(req, ms, callback)
    if (this.#want !== undefined) this.#arm(ms)
    return req
  }

  #arm(ms: number | undefined): void {
    clearTimeout(this.#timer)
    this.#timer = ms ? startTimer(Number(ms), () => this.req.emit('timeout'))?.unref() : undefined
  }
}

/** Never seen by anyone: what was given to `destroy` is what the request fails with. */
const stoppedWanting = new Error('the request was destroyed')

function prototypeOf(req: AgentRequest): Pick<AgentRequest, 'destroy' | 'setTimeout'> {
  return Object.getPrototypeOf(req)
}
