import type { Link } from './adapter.ts'
import { checkCapacity } from './options.ts'

/** Who hears what an adapter reports: the dial, then the connection that it brought, or nobody. */
export interface LinkEnd {
  readonly signal: AbortSignal
  closed(error?: Error): void
  drain(): void
  setCapacity(capacity: number): void
}

/**
 * The {@link Link} of one dial. An adapter keeps it as long as its connection lives, so it keeps
 * no more than where to report.
 */
export class DialLink implements Link {
  #end: LinkEnd

  constructor(end: LinkEnd) {
    this.#end = end
  }

  get signal(): AbortSignal {
    return this.#end.signal
  }

  closed(error?: Error): void {
    this.#end.closed(error)
  }

  drain(): void {
    this.#end.drain()
  }

  setCapacity(capacity: number): void {
    checkCapacity('link.setCapacity() capacity', capacity, 0)
    this.#end.setCapacity(capacity)
  }

  /** Reports now concern somebody else. */
  handTo(end: LinkEnd): void {
    this.#end = end
  }
}

/** The end of a dial's link when the dial has failed or was aborted: nobody listens. */
export class DeadEnd implements LinkEnd {
  readonly signal: AbortSignal
  /** The adapter has said that the connection is gone, and so must not be asked to close it. */
  isLost: boolean

  constructor(signal: AbortSignal, isLost: boolean) {
    this.signal = signal
    this.isLost = isLost
  }

  closed(): void {
    this.isLost = true
  }

  drain(): void {}

  setCapacity(): void {}
}
