import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { Route } from './slow-dial.ts'

/**
 * Counts dials from outside, for every peer in the same way: Node announces each client socket that
 * is made, and a socket knows how many bytes were written to it. Where dials are slow, each is
 * counted as it asks for its address: some peers make the socket before that, others after it.
 */
export class DialCounter {
  readonly #sockets = new Set<Socket>()
  #lookups = 0

  readonly #onSocket = (message: unknown): void => {
    this.#sockets.add((message as { socket: Socket }).socket)
  }

  start(): this {
    subscribe('net.client.socket', this.#onSocket)
    return this
  }

  stop(): void {
    unsubscribe('net.client.socket', this.#onSocket)
  }

  /** The same route, on which each slow dial is counted. */
  watch(route: Route): Route {
    const { lookup } = route
    if (lookup === undefined) return route
    return {
      ...route,
      lookup: (...question) => {
        this.#lookups++
        lookup(...question)
      },
    }
  }

  get dials(): number {
    return Math.max(this.#sockets.size, this.#lookups)
  }

  /** Dials whose connection, if there ever was one, has carried no request. */
  get servedNobody(): number {
    return this.dials - [...this.#sockets].filter((socket) => socket.bytesWritten).length
  }
}
