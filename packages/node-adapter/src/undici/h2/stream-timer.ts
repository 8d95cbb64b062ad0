import { undiciError } from '../undici-error.ts'

/** More would overflow, and fire at once. */
const longestMs = 2 ** 31 - 1

/** undici's two timeouts of a request, on a stream: for the response's head, and between parts of its body. */
export class StreamTimer {
  readonly #expired: (error: Error) => void
  #timer: NodeJS.Timeout | undefined = undefined
  #isPaused = false
  /** It is this side that takes its time: the next part of the body is not there yet. */
  readonly #isOurTurn: () => boolean

  constructor(expired: (error: Error) => void, isOurTurn: () => boolean) {
    this.#expired = expired
    this.#isOurTurn = isOurTurn
  }

  /** 0: never. */
  awaitHead(ms: number): void {
    this.#arm(ms, () => {
      if (this.#isOurTurn()) this.#timer?.refresh()
      else this.#expired(undiciError('UND_ERR_HEADERS_TIMEOUT'))
    })
  }

  awaitBody(ms: number): void {
    this.#arm(ms, () => {
      if (this.#isPaused) this.#timer?.refresh()
      else this.#expired(undiciError('UND_ERR_BODY_TIMEOUT'))
    })
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
    this.#timer = ms > 0 ? setTimeout(run, Math.min(ms, longestMs)) : undefined
  }
}
