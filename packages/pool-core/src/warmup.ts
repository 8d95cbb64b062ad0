import type { KeyState } from './key-state.ts'

/** One call of `warm`: how many connections it waits for, and how it ends. */
export class Warmup<Target, Conn extends object> {
  readonly target: Target
  readonly count: number
  /** Dials that it may still begin: what was missing, and as many again for those lost meanwhile. */
  dialsLeft: number
  readonly #state: KeyState<Target, Conn>
  readonly #signal: AbortSignal | undefined
  readonly #resolve: () => void
  readonly #reject: (error: unknown) => void

  constructor(
    state: KeyState<Target, Conn>,
    target: Target,
    count: number,
    signal: AbortSignal | undefined,
    resolve: () => void,
    reject: (error: unknown) => void,
  ) {
    this.#state = state
    this.target = target
    this.count = count
    this.dialsLeft = 2 * count
    this.#signal = signal
    this.#resolve = resolve
    this.#reject = reject
    signal?.addEventListener('abort', this)
  }

  /** The signal has aborted. */
  handleEvent(): void {
    this.#state.engine.warming.stop(this.#state, this, this.#signal?.reason)
  }

  done(): void {
    this.#signal?.removeEventListener('abort', this)
    this.#resolve()
  }

  fail(error: unknown): void {
    this.#signal?.removeEventListener('abort', this)
    this.#reject(error)
  }
}
