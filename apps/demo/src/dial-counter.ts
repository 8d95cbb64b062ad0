import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/**
 * Counts connections from outside, for every peer in the same way: Node announces each client socket
 * that is made, and a socket knows how many bytes were written to it.
 */
export class DialCounter {
  readonly #sockets = new Set<Socket>()

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

  get dials(): number {
    return this.#sockets.size
  }

  /** Dials whose connection, if there ever was one, has carried no request. */
  get servedNobody(): number {
    return [...this.#sockets].filter((socket) => !socket.bytesWritten).length
  }
}
