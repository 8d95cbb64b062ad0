import { undiciError } from '../undici-error.ts'

/** undici's two timeouts of a request, on a stream: for the response's head, and between parts of its body. */
export class StreamTimer {
  readonly #expired: (error: Error) => void
  #timer: NodeJS.Timeout | undefined = undefined
  #isPaused = false
  /** The time for the head counts from when the request has been sent as a whole. */
  #isSending = true

  constructor(expired: (error: Error) => void) {
    this.#expired = expired
  }

  /** 0: never. */
  awaitHead(ms: number): void {
    this.#arm(ms, () => {
      if (this.#isSending) this.#timer?.refresh()
      else this.#expired(undiciError('UND_ERR_HEADERS_TIMEOUT'))
    })
  }

  awaitBody(ms: number): void {
    this.#arm(ms, () => {
      if (this.#isPaused) this.#timer?.refresh()
      else this.#expired(undiciError('UND_ERR_BODY_TIMEOUT'))
    })
  }

  requestSent(): void {
    this.#isSending = false
    this.#timer?.refresh()
  }

  moved(): void {
    this.#timer?.refresh()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#timer?.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #arm(ms: number, run: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = ms > 0 ? setTimeout(run, ms) : undefined
  }
}
