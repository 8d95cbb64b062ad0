import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import { IdleWatch } from '../idle-watch.ts'
import type { RequestOptions } from './node-http.ts'
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
  /** Every living socket that was opened for a request of this agent, and its name. */
  readonly #opened = new Map<Socket, string>()
  readonly #nameOf: (options: RequestOptions) => string

  constructor(nameOf: (options: RequestOptions) => string) {
    this.#nameOf = nameOf
  }

  opened(socket: Socket, options: RequestOptions): void {
    if (this.#opened.has(socket)) return
    this.#opened.set(socket, this.#nameOf(options))
    const forget = (): boolean => this.#opened.delete(socket)
    socket.once('close', forget).once('agentRemove', forget)
  }

  /** Requests that have no socket yet, by name. */
  get requests(): Dict<ClientRequest> {
    const pairs = [...this.waiting].map(({ req, options }) => [this.#nameOf(options), req] as const)
    return group(pairs) as Dict<ClientRequest>
  }

  /** Sockets that a request has. One that is being dialed belongs to no request, so it is not here. */
  get sockets(): Dict<Socket> {
    return group(
      [...this.inUse].map(({ socket, options }) => [this.#nameOf(options), socket] as const),
    )
  }

  /** Idle sockets that were opened for requests of this agent. */
  get freeSockets(): Dict<Socket> {
    const pairs = [...this.#opened].map(([socket, name]) => [name, socket] as const)
    return group(pairs.filter(([, socket]) => IdleWatch.of(socket)?.isIdle && !socket.destroyed))
  }
}

function group<T>(pairs: Iterable<readonly [string, T]>): Dict<T> {
  const dict: Dict<T> = Object.create(null)
  for (const [name, value] of pairs) (dict[name] ??= []).push(value)
  return dict
}
