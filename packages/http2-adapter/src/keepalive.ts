import type { ClientHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'

export interface KeepaliveOptions {
  readonly intervalMs: number
  readonly timeoutMs: number
  /** The peer has not answered in time. */
  onSilence(): void
}

/** Looks in one interval. After that many silent ones less one, the interval is over by the next. */
const looks = 4

/** The longest time that a timer can be set for; `Infinity` would fire at once. */
const longestMs = 2 ** 31 - 1

/**
 * Asks the peer of one session whether it is there: when nothing has come from it for some time, and
 * on suspicion. One question at a time; no timer of it keeps the process alive.
 */
export class Keepalive {
  readonly #session: ClientHttp2Session
  readonly #socket: Socket
  readonly #options: KeepaliveOptions
  #received = 0
  #silentLooks = 0
  #receivedAtAsking = 0
  #interval: NodeJS.Timeout | undefined
  #deadline: NodeJS.Timeout | undefined
  #verdict: NodeJS.Immediate | undefined
  #onAnswer: (() => void)[] = []

  constructor(session: ClientHttp2Session, socket: Socket, options: KeepaliveOptions) {
    this.#session = session
    this.#socket = socket
    this.#options = options
  }

  start(): void {
    const { intervalMs } = this.#options
    if (intervalMs > longestMs) return
    this.#received = this.#socket.bytesRead
    this.#interval = setTimeout(this.#onLook, intervalMs / looks).unref()
  }

  stop(): void {
    clearTimeout(this.#interval)
    this.#endAsking()
    this.#interval = undefined
    this.#onAnswer = []
  }

  /** `onAnswer` is not called if there is none. */
  ask(onAnswer?: () => void): void {
    if (onAnswer !== undefined) this.#onAnswer.push(onAnswer)
    if (this.#deadline !== undefined) return
    this.#receivedAtAsking = this.#socket.bytesRead
    this.#deadline = setTimeout(
      this.#onDeadline,
      Math.min(this.#options.timeoutMs, longestMs),
    ).unref()
    // One that ends with its session has been told of that in other ways.
    this.#session.ping((error) => {
      if (error === null) this.#answered()
    })
  }

  #answered(): void {
    this.#endAsking()
    const waiting = this.#onAnswer
    this.#onAnswer = []
    for (const onAnswer of waiting) onAnswer()
  }

  #endAsking(): void {
    clearTimeout(this.#deadline)
    clearImmediate(this.#verdict)
    this.#deadline = undefined
  }

  // A process that has been busy itself may find the answer in its socket: it is read first.
  readonly #onDeadline = (): void => {
    this.#verdict = setImmediate(this.#judge)
  }

  // The answer may be behind much else on its way; a peer that sends anything is there.
  readonly #judge = (): void => {
    const { bytesRead } = this.#socket
    if (bytesRead === this.#receivedAtAsking) {
      this.#options.onSilence()
    } else {
      this.#receivedAtAsking = bytesRead
      this.#deadline?.refresh()
    }
  }

  readonly #onLook = (): void => {
    const { bytesRead } = this.#socket
    this.#silentLooks = bytesRead === this.#received ? this.#silentLooks + 1 : 0
    this.#received = bytesRead
    this.#interval?.refresh()
    if (this.#silentLooks >= looks - 1) this.ask()
  }
}
