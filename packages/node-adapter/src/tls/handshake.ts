import type { Socket } from 'node:net'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { unheard } from '../dial/unheard.ts'
import type { TlsPlan } from './tls-plan.ts'
import type { TlsSessions } from './tls-sessions.ts'

/**
 * Speaks TLS over a connected socket, which belongs to the new one from here on: it is destroyed
 * with it, and when the handshake fails or the signal aborts.
 */
export function handshake(
  socket: Socket,
  plan: TlsPlan,
  sessions: TlsSessions,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    new Handshake(socket, signal, resolve, reject).start(plan, sessions)
  })
}

class Handshake {
  readonly #raw: Socket
  readonly #signal: AbortSignal
  readonly #resolve: (socket: TLSSocket) => void
  readonly #reject: (error: unknown) => void
  #socket: TLSSocket | undefined
  #dropSession: (() => void) | undefined

  constructor(
    raw: Socket,
    signal: AbortSignal,
    resolve: (socket: TLSSocket) => void,
    reject: (error: unknown) => void,
  ) {
    this.#raw = raw
    this.#signal = signal
    this.#resolve = resolve
    this.#reject = reject
  }

  start(plan: TlsPlan, sessions: TlsSessions): void {
    // What ended it before anybody listened has been told to nobody.
    if (this.#signal.aborted) this.#fail(this.#signal.reason)
    else if (this.#raw.destroyed) this.#fail(this.#raw.errored ?? endedEarly())
    else this.#begin(plan, sessions)
  }

  #begin(plan: TlsPlan, sessions: TlsSessions): void {
    this.#signal.addEventListener('abort', this.#onAbort)
    const session = plan.options.session ?? sessions.take(plan.sessionKey)
    if (session) this.#dropSession = () => sessions.drop(plan.sessionKey, session)
    try {
      this.#socket = connect(connectOptions(plan, this.#raw, session))
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#socket
      .on('session', (ticket) => sessions.put(plan.sessionKey, ticket))
      .on('secureConnect', this.#onSecure)
      .on('error', this.#onError)
      .on('close', this.#onClose)
  }

  readonly #onSecure = (): void => {
    const socket = this.#socket as TLSSocket
    if (!socket.isSessionReused()) this.#dropSession?.()
    this.#end()
    this.#resolve(socket)
  }

  readonly #onError = (error: Error): void => {
    this.#dropSession?.()
    this.#fail(error)
  }

  readonly #onClose = (): void => this.#fail(endedEarly())

  readonly #onAbort = (): void => this.#fail(this.#signal.reason)

  #fail(error: unknown): void {
    this.#end()
    this.#socket?.destroy()
    this.#raw.destroy()
    this.#reject(error)
  }

  #end(): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#socket
      ?.on('error', unheard)
      .off('secureConnect', this.#onSecure)
      .off('error', this.#onError)
      .off('close', this.#onClose)
  }
}

function connectOptions(
  plan: TlsPlan,
  socket: Socket,
  session: Buffer | undefined,
): ConnectionOptions {
  return {
    ...plan.options,
    secureContext: plan.secureContext(),
    socket,
    ...(plan.host !== undefined && { host: plan.host }),
    ...(plan.servername !== '' && { servername: plan.servername }),
    ...(session && { session }),
  }
}

function endedEarly(): Error {
  const error = new Error('the connection ended before its TLS handshake did')
  return Object.assign(error, { code: 'ECONNRESET' })
}
