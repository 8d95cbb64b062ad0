import type { RequestControl } from './handler.ts'
import type { RawHeaders } from './raw-headers.ts'

/** Whom a controller acts for. */
interface Controlled {
  abort(reason: unknown): void
  resume(): void
}

/** What a handler is given to act on its request with. */
export class RequestController implements RequestControl {
  rawHeaders: RawHeaders | null = null
  rawTrailers: RawHeaders | null = null
  readonly #request: Controlled
  #isPaused = false
  #isAborted = false
  #reason: unknown = null

  constructor(request: Controlled) {
    this.#request = request
  }

  get aborted(): boolean {
    return this.#isAborted
  }

  get paused(): boolean {
    return this.#isPaused
  }

  get reason(): unknown {
    return this.#reason
  }

  abort(reason?: unknown): void {
    if (this.#isAborted) return
    this.#isAborted = true
    this.#reason = reason ?? null
    this.#request.abort(reason)
  }

  /** Nothing more of the response, until `resume()`. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#request.resume()
  }
}
