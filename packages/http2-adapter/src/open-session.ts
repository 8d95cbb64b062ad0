import { type ClientHttp2Session, connect } from 'node:http2'
import type { Socket } from 'node:net'
import type { NetTarget } from '@wantconn/node-adapter'
import { sessionUrl } from './authority.ts'
import { Http2Error } from './http2-error.ts'
import type { SessionSettings } from './http2-options.ts'
import { type SessionContext, SharedSession } from './shared-session.ts'
import type { SocketLine } from './socket-line.ts'

/**
 * Speaks HTTP/2 on a connected socket, which belongs to the session from here on. Resolves once the
 * peer's first SETTINGS have come; a session that fails before, or is aborted, leaves nothing open.
 */
export function openSession(
  socket: Socket,
  target: NetTarget,
  settings: SessionSettings,
  line: SocketLine,
  context: SessionContext,
): Promise<SharedSession> {
  return new Promise((resolve, reject) => {
    new Opening(socket, context, resolve, reject).start(target, settings, line)
  })
}

class Opening {
  readonly #socket: Socket
  readonly #context: SessionContext
  readonly #resolve: (shared: SharedSession) => void
  readonly #reject: (error: unknown) => void
  #shared: SharedSession | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    socket: Socket,
    context: SessionContext,
    resolve: (shared: SharedSession) => void,
    reject: (error: unknown) => void,
  ) {
    this.#socket = socket
    this.#context = context
    this.#resolve = resolve
    this.#reject = reject
  }

  start(target: NetTarget, settings: SessionSettings, line: SocketLine): void {
    const { signal } = this.#context.link
    const { destroyed, errored } = this.#socket
    // What ended it before anybody listened is told to nobody again.
    if (signal.aborted) this.#fail(signal.reason)
    else if (destroyed) this.#fail(this.#noSettings(errored ?? undefined))
    else this.#begin(target, settings, line)
  }

  #begin(target: NetTarget, settings: SessionSettings, line: SocketLine): void {
    const session = connectOver(this.#socket, target, settings)
    const shared = new SharedSession(session, this.#socket, this.#context)
    this.#shared = shared
    line.shared = shared
    this.#context.link.signal.addEventListener('abort', this.#onAbort)
    this.#timer = setTimeout(
      () => this.#onTimeout(),
      Math.min(settings.settingsTimeoutMs, 2 ** 31 - 1),
    )
    session.once('remoteSettings', this.#onSettings).once('close', this.#onClose)
  }

  readonly #onSettings = (): void => {
    const shared = this.#shared as SharedSession
    this.#end()
    shared.open()
    this.#resolve(shared)
  }

  readonly #onClose = (): void => this.#fail(this.#noSettings(this.#shared?.ending?.cause))

  readonly #onAbort = (): void => this.#fail(this.#context.link.signal.reason)

  #onTimeout(): void {
    const late = Object.assign(new Error('no SETTINGS in time'), { code: 'ETIMEDOUT' })
    this.#fail(this.#noSettings(late))
  }

  #noSettings(cause: unknown): Http2Error {
    const message = `no session with ${this.#context.key}: the peer sent no SETTINGS`
    return new Http2Error('ERR_H2_NO_SETTINGS', message, { sessionId: this.#context.id, cause })
  }

  #fail(error: unknown): void {
    this.#end()
    // What is left in it would be handed to a session that is no more, in Node's next tick.
    let left: unknown
    do left = this.#socket.read()
    while (left !== null)
    this.#shared?.close('the dial was aborted')
    this.#socket.destroy()
    this.#reject(error)
  }

  #end(): void {
    clearTimeout(this.#timer)
    this.#context.link.signal.removeEventListener('abort', this.#onAbort)
    this.#shared?.session.off('remoteSettings', this.#onSettings).off('close', this.#onClose)
  }
}

/**
 * Node's session, but for its listener to the socket's end: that would destroy at once all streams of
 * the session, also those of which everything has come and only some is still to be read.
 */
function connectOver(
  socket: Socket,
  target: NetTarget,
  { settings, sessionWindowSize }: SessionSettings,
): ClientHttp2Session {
  const before = new Set(socket.listeners('close'))
  const session = connect(sessionUrl(target), { createConnection: () => socket, settings })
  for (const listener of socket.listeners('close')) {
    if (!before.has(listener)) socket.off('close', listener as () => void)
  }
  session.setLocalWindowSize(sessionWindowSize)
  return session
}
