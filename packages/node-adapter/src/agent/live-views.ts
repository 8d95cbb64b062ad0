import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import { IdleWatch } from '../idle-watch.ts'
import type { Origin } from './origin.ts'
import type { RequestLease } from './request-lease.ts'
import type { WaitingRequest } from './waiting-request.ts'

type Dict<T> = Record<string, T[]>

/**
 * What an agent has under way, and the dictionaries in which users of Node's agent look for it.
 * They are made when somebody looks: who changes one changes nothing.
 */
export class LiveViews {
  readonly waiting: Set<WaitingRequest> = new Set()
  readonly inUse: Set<RequestLease> = new Set()
  /** Every living socket that was opened for this agent or has served it, and where it goes. */
  readonly #known = new Map<Socket, Origin>()
  /** True if it was not known yet. Whoever tells of a socket also tells when it is gone. */
  know(socket: Socket, origin: Origin): boolean {
    if (this.#known.has(socket) || socket.destroyed) return false
    this.#known.set(socket, origin)
    return true
  }

  /** How many sockets are known. */
  get size(): number {
    return this.#known.size
  }

  forget(socket: Socket): void {
    this.#known.delete(socket)
  }

  /** Requests that have no socket yet, by name. */
  get requests(): Dict<ClientRequest> {
    const pairs = [...this.waiting].map(({ req, origin }) => [origin.name, req] as const)
    return group(pairs) as Dict<ClientRequest>
  }

  /** Sockets that a request has. One that is being dialed belongs to no request, so it is not here. */
  get sockets(): Dict<Socket> {
    return group([...this.inUse].map(({ socket, origin }) => [origin.name, socket] as const))
  }

  /** Idle sockets that were opened for this agent or have served it. */
  get freeSockets(): Dict<Socket> {
    const idle = [...this.#known].filter(
      ([socket]) => IdleWatch.of(socket)?.isIdle && !socket.destroyed,
    )
    return group(idle.map(([socket, origin]) => [origin.name, socket] as const))
  }
}

function group<T>(pairs: Iterable<readonly [string, T]>): Dict<T> {
  const dict: Dict<T> = Object.create(null)
  for (const [name, value] of pairs) (dict[name] ??= []).push(value)
  return dict
}
