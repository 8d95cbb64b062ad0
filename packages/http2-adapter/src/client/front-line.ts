import type { ClientHttp2Session } from 'node:http2'
import type { Lease, Pool, Want } from '@wantconn/pool-core'
import type { Http2Target } from '../http2-adapter.ts'
import { StayAlive } from './stay-alive.ts'

export type SessionLease = Lease<ClientHttp2Session>

/** A request's place in line. */
export interface Place {
  /** It has no lease yet, and no longer wants one. */
  leave(): void
}

/** A want of the pool, and the request that it is for at the moment. */
interface Seat {
  want: Want | undefined
  waiter: Waiter | undefined
}

class Waiter implements Place {
  readonly settle: (error: unknown, lease?: SessionLease) => void
  readonly line: FrontLine
  /** Told by its first want. */
  key = ''
  seat: Seat

  constructor(line: FrontLine, settle: Waiter['settle']) {
    this.line = line
    this.settle = settle
    this.seat = { want: undefined, waiter: this }
  }

  leave(): void {
    if (this.seat.waiter !== this) return
    this.seat.waiter = undefined
    this.line.onLeft(this)
    this.seat.want?.cancel()
  }
}

/**
 * Lets requests that are sent again go before those that have not been sent yet.
 *
 * A pool serves wants in the order in which they were stated, and does not care whom they are for. So
 * when a want is served while somebody is in front, the one in front takes its lease, and whose
 * want that was is next in front, and waits by the other's want from now on.
 */
export class FrontLine {
  readonly #pool: Pool<Http2Target, ClientHttp2Session>
  /** In front of all others of their key, in the order in which they are served. */
  readonly #inFront = new Map<string, Set<Waiter>>()
  readonly #stayAlive = new StayAlive()

  constructor(pool: Pool<Http2Target, ClientHttp2Session>) {
    this.#pool = pool
  }

  /** `settle` is called once, and never if the place is left before. Throws as `pool.want()` does. */
  enter(target: Http2Target, isAgain: boolean, settle: Waiter['settle']): Place {
    const waiter = new Waiter(this, settle)
    const { seat } = waiter
    const want = this.#pool.want(target, (error, lease) => this.#onSettled(seat, error, lease))
    seat.want = want
    waiter.key = want.key
    this.#stayAlive.begin()
    if (isAgain) this.#toFront(waiter)
    return waiter
  }

  /** Served or not, it waits no more. */
  onLeft(waiter: Waiter): void {
    this.#stayAlive.end()
    const front = this.#inFront.get(waiter.key)
    if (front?.delete(waiter) && front.size === 0) this.#inFront.delete(waiter.key)
  }

  #toFront(waiter: Waiter): void {
    const front = this.#inFront.get(waiter.key) ?? new Set()
    this.#inFront.set(waiter.key, front.add(waiter))
  }

  #onSettled(seat: Seat, error: unknown, lease: SessionLease | undefined): void {
    const { waiter } = seat
    seat.want = undefined
    if (lease !== undefined && this.#inFront.size > 0) this.#serveFirst(seat, lease)
    else if (waiter === undefined) lease?.release()
    else this.#settle(waiter, error, lease)
  }

  #serveFirst(seat: Seat, lease: SessionLease): void {
    const owner = seat.waiter
    const first = this.#inFront.get(lease.key)?.values().next().value ?? owner
    if (first === undefined) {
      lease.release()
      return
    }
    if (first !== owner) this.#pass(first.seat, owner)
    this.#settle(first, undefined, lease)
  }

  /** The owner of a want that was served to another waits by that one's, and goes first from now on. */
  #pass(seat: Seat, owner: Waiter | undefined): void {
    seat.waiter = owner
    if (owner === undefined) {
      seat.want?.cancel()
      return
    }
    owner.seat = seat
    this.#toFront(owner)
  }

  #settle(waiter: Waiter, error: unknown, lease: SessionLease | undefined): void {
    this.onLeft(waiter)
    if (waiter.seat.waiter === waiter) waiter.seat.waiter = undefined
    waiter.settle(error, lease)
  }
}
