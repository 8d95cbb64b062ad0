import type { Socket } from 'node:net'
import { Client, Dispatcher } from 'undici'

/** Connections outlast the turns of all others. */
export const LONG_MS = 60_000

type Waiting = [options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler]

/**
 * The floor: undici's clients in an array, and an array of whoever waits. Nothing can be aborted,
 * nothing fails, and nobody's context is kept: no dispatcher around these clients is less than this.
 */
export class BareClients extends Dispatcher {
  readonly #origin: string
  readonly #connections: number
  readonly #dial: (dialed: (socket: Socket) => void) => void
  readonly #idle: Client[] = []
  readonly #waiting: Waiting[] = []
  readonly #all: Client[] = []
  #dials = 0

  constructor(
    origin: string,
    connections: number,
    dial: (dialed: (socket: Socket) => void) => void,
  ) {
    super()
    this.#origin = origin
    this.#connections = connections
    this.#dial = dial
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    const client = this.#idle.pop()
    if (client !== undefined) return client.dispatch(options, new Freeing(this, client, handler))
    this.#waiting.push([options, handler])
    if (this.#dials < this.#connections) this.#open()
    return true
  }

  free(client: Client): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(client)
    else client.dispatch(next[0], new Freeing(this, client, next[1]))
  }

  override async destroy(): Promise<void> {
    await Promise.all(this.#all.map((client) => client.destroy()))
  }

  #open(): void {
    this.#dials++
    this.#dial((socket) => {
      let isTaken = false
      const client = new Client(this.#origin, {
        keepAliveTimeout: LONG_MS,
        // Later, as a client never begins a request whose connection was there at once.
        connect: (_, connected) => {
          const lost = isTaken ? new Error('a bare client has lost its connection') : undefined
          isTaken = true
          queueMicrotask(() => (lost ? connected(lost, null) : connected(null, socket)))
        },
      })
      this.#all.push(client)
      this.free(client)
    })
  }
}

/** A handler that gives the client back before it passes on the end. */
class Freeing implements Dispatcher.DispatchHandler {
  readonly #home: BareClients
  readonly #client: Client
  readonly #handler: Dispatcher.DispatchHandler

  constructor(home: BareClients, client: Client, handler: Dispatcher.DispatchHandler) {
    this.#home = home
    this.#client = client
    this.#handler = handler
  }

  onRequestStart(control: Dispatcher.DispatchController, context: unknown): void {
    this.#handler.onRequestStart?.(control, context)
  }

  onResponseStart(
    control: Dispatcher.DispatchController,
    status: number,
    headers: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2],
    text?: string,
  ): void {
    this.#handler.onResponseStart?.(control, status, headers, text)
  }

  onResponseData(control: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(control, chunk)
  }

  onResponseEnd(
    control: Dispatcher.DispatchController,
    trailers: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseEnd']>>[1],
  ): void {
    this.#home.free(this.#client)
    this.#handler.onResponseEnd?.(control, trailers)
  }

  onResponseError(control: Dispatcher.DispatchController, error: Error): void {
    this.#handler.onResponseError?.(control, error)
  }
}
