import type { ClientHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'

export interface PulseSettings {
  readonly intervalMs: number
  /** Whether anybody waits for the peer. */
  isBusy(): boolean
  /** It has said nothing for an interval, and has not answered to a question for another one. */
  onSilence(): void
}

/**
 * Asks the peer of a session whether it is there, when it is silent though somebody waits for it.
 *
 * Not only peers and networks fall silent. When a write of Node's TLS socket fails just as a session
 * has stopped reading until its writes are done, that session never reads again, not even that its
 * peer has reset the connection: what is on it would wait for its own timeouts, and more would join it.
 */
export class SessionPulse {
  readonly #session: ClientHttp2Session
  readonly #socket: Socket
  readonly #settings: PulseSettings
  readonly #timer: NodeJS.Timeout
  #bytesRead = 0
  #isAsked = false

  constructor(session: ClientHttp2Session, socket: Socket, settings: PulseSettings) {
    this.#session = session
    this.#socket = socket
    this.#settings = settings
    this.#timer = setInterval(this.#look, settings.intervalMs).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  readonly #look = (): void => {
    const { bytesRead } = this.#socket
    const isSilent = bytesRead === this.#bytesRead && this.#settings.isBusy()
    this.#bytesRead = bytesRead
    if (!isSilent) this.#isAsked = false
    else if (this.#isAsked) setImmediate(this.#judge)
    else {
      this.#isAsked = true
      this.#session.ping(() => {})
    }
  }

  // After what has come has been read: this process may have been busy with something else.
  readonly #judge = (): void => {
    if (this.#socket.bytesRead === this.#bytesRead) this.#settings.onSilence()
  }
}
