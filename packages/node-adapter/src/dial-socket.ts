import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/**
 * Opens a socket, in either of the two ways that `createConnection` of an agent may: returns it, or
 * calls back with it. What it opens need not be connected yet.
 */
export type OpenSocket = (
  done: (error: Error | null | undefined, socket?: Socket) => void,
) => Socket | null | undefined

/**
 * Opens a socket and resolves with it once it is connected, and has its TLS handshake behind it.
 *
 * `connected` is called at that very moment, as an error or a FIN may come before the promise's
 * reaction has run. When the signal aborts first, the socket is destroyed at whatever stage it
 * is, even one that `open` brings only later.
 */
export function dialSocket(
  open: OpenSocket,
  signal: AbortSignal,
  connected: (socket: Socket) => void,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const succeed = (socket: Socket): void => {
      connected(socket)
      resolve(socket)
    }
    new SocketDial(signal, succeed, reject).start(open)
  })
}

class SocketDial {
  readonly #signal: AbortSignal
  readonly #succeed: (socket: Socket) => void
  readonly #reject: (error: unknown) => void
  #socket: Socket | undefined
  #isOver = false

  constructor(
    signal: AbortSignal,
    succeed: (socket: Socket) => void,
    reject: (error: unknown) => void,
  ) {
    this.#signal = signal
    this.#succeed = succeed
    this.#reject = reject
  }

  start(open: OpenSocket): void {
    if (this.#signal.aborted) {
      this.#fail(this.#signal.reason)
      return
    }
    this.#signal.addEventListener('abort', this.#onAbort)
    try {
      let isReturned = false
      const socket = open((error, brought) => {
        // `net.connect` takes its second argument for a 'connect' listener: it has returned a socket.
        if (!isReturned) this.#bring(error, brought)
      })
      isReturned = Boolean(socket)
      if (socket) this.#bring(undefined, socket)
    } catch (error) {
      this.#fail(error)
    }
  }

  #bring(error: Error | null | undefined, socket: Socket | undefined): void {
    if (this.#isOver) destroyQuietly(socket)
    else if (error) this.#fail(error)
    else if (typeof socket?.on !== 'function') this.#fail(new TypeError('no socket was opened'))
    else if (this.#socket === undefined) this.#await(socket)
    else if (socket !== this.#socket) destroyQuietly(socket)
  }

  #await(socket: Socket): void {
    this.#socket = socket
    if (socket.destroyed) {
      this.#fail(socket.errored ?? closedEarly())
    } else if (isSecuring(socket) || socket.connecting) {
      socket
        .on(isSecuring(socket) ? 'secureConnect' : 'connect', this.#onConnect)
        .on('error', this.#onError)
        .on('close', this.#onClose)
    } else {
      this.#onConnect()
    }
  }

  readonly #onConnect = (): void => {
    const socket = this.#socket as Socket
    this.#end()
    this.#succeed(socket)
  }

  readonly #onError = (error: Error): void => this.#fail(error)

  readonly #onClose = (): void => this.#fail(closedEarly())

  readonly #onAbort = (): void => this.#fail(this.#signal.reason)

  #fail(error: unknown): void {
    this.#end()
    destroyQuietly(this.#socket)
    this.#reject(error)
  }

  #end(): void {
    this.#isOver = true
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#socket
      ?.off('connect', this.#onConnect)
      .off('secureConnect', this.#onConnect)
      .off('error', this.#onError)
      .off('close', this.#onClose)
  }
}

/** Whether the end of a TLS handshake is still to come, as Node marks it since version 8. */
function isSecuring(socket: Socket): boolean {
  return (socket as TLSSocket & { secureConnecting?: boolean }).secureConnecting === true
}

/** Nobody listens to it any more, so an error that it has still to tell must not be uncaught. */
function destroyQuietly(socket: Socket | undefined): void {
  socket?.on('error', () => {}).destroy()
}

/** In Node's own words. */
function closedEarly(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
}
