type Listener = Parameters<AbortSignal['addEventListener']>[1]

/** An abort signal that knows how many listeners are on it. */
export class CountedSignal {
  readonly #controller = new AbortController()
  readonly #listeners = new Set<unknown>()

  constructor() {
    const { signal } = this.#controller
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (type: 'abort', listener: Listener) => {
      this.#listeners.add(listener)
      add(type, listener)
    }
    signal.removeEventListener = (type: 'abort', listener: Listener) => {
      this.#listeners.delete(listener)
      remove(type, listener)
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get listeners(): number {
    return this.#listeners.size
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason)
  }
}
