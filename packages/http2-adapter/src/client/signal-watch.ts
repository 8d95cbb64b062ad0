/** What a signal ends. */
export interface Abortable {
  abort(reason: unknown): void
}

const watches = new WeakMap<AbortSignal, SignalWatch>()

/**
 * All that one signal ends, behind one listener: with more than ten of them, Node warns of a leak,
 * and a signal that ends everything at shutdown is there for thousands.
 */
class SignalWatch {
  readonly #signal: AbortSignal
  readonly #watching = new Set<Abortable>()

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  add(abortable: Abortable): void {
    if (this.#watching.size === 0) this.#signal.addEventListener('abort', this.#onAbort)
    this.#watching.add(abortable)
  }

  delete(abortable: Abortable): void {
    if (!this.#watching.delete(abortable) || this.#watching.size > 0) return
    this.#signal.removeEventListener('abort', this.#onAbort)
    watches.delete(this.#signal)
  }

  readonly #onAbort = (): void => {
    for (const abortable of [...this.#watching]) abortable.abort(this.#signal.reason)
  }
}

/** `signal` must not be aborted yet. */
export function watchSignal(signal: AbortSignal, abortable: Abortable): void {
  let watch = watches.get(signal)
  if (watch === undefined) {
    watch = new SignalWatch(signal)
    watches.set(signal, watch)
  }
  watch.add(abortable)
}

export function unwatchSignal(signal: AbortSignal, abortable: Abortable): void {
  watches.get(signal)?.delete(abortable)
}
