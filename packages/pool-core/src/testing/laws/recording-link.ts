import type { Link } from '../../adapter.ts'

interface Listening {
  onabort?: unknown
  addEventListener(type: string, listener: unknown, options?: unknown): void
  removeEventListener(type: string, listener: unknown, options?: unknown): void
}

/** A {@link Link} that writes down what an adapter reports, and who listens to its signal. */
export class RecordingLink implements Link {
  readonly signal: AbortSignal
  closes = 0
  drains = 0
  /** Each as it was reported, sensible or not. */
  readonly capacities: unknown[] = []
  /** What was reported before `dial()` had returned. */
  readonly tooEarly: string[] = []
  /** Methods that were called without their link. A pool's link would throw then. */
  readonly calledApart: string[] = []
  isInDial = false
  readonly #controller = new AbortController()
  readonly #listeners = new Set<unknown>()

  constructor() {
    this.signal = this.#controller.signal
    this.#watch(this.signal as unknown as Listening)
  }

  /** Listeners that are on the signal now. */
  get listeners(): number {
    const { onabort } = this.signal as unknown as Listening
    return this.#listeners.size + (typeof onabort === 'function' ? 1 : 0)
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason)
  }

  /** How often anything was reported. */
  get reports(): number {
    return this.closes + this.drains + this.capacities.length
  }

  readonly closed: Link['closed'] = this.#method('closed', () => {
    if (this.isInDial) this.tooEarly.push('link.closed()')
    this.closes++
  })

  readonly drain: Link['drain'] = this.#method('drain', () => {
    if (this.isInDial) this.tooEarly.push('link.drain()')
    this.drains++
  })

  readonly setCapacity: Link['setCapacity'] = this.#method('setCapacity', (capacity) => {
    this.capacities.push(capacity)
  })

  #method(name: string, report: (value: unknown) => void): (value?: unknown) => void {
    const link = this
    return function (this: unknown, value?: unknown): void {
      if (this !== link) link.calledApart.push(name)
      report(value)
    }
  }

  /** It stays the host's own signal, as an adapter may hand it on to whatever takes one. */
  #watch(signal: Listening): void {
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = (type, listener, options) => {
      this.#listeners.add(listener)
      addEventListener.call(signal, type, listener, options)
    }
    signal.removeEventListener = (type, listener, options) => {
      this.#listeners.delete(listener)
      removeEventListener.call(signal, type, listener, options)
    }
  }
}
