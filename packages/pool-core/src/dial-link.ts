import type { Link } from './adapter.ts'
import { checkCapacity } from './options.ts'

/** Who hears what an adapter reports: the dial, and then the connection that it brought. */
export interface LinkEnd {
  closed(error?: Error): void
  drain(): void
  setCapacity(capacity: number): void
}

/**
 * The {@link Link} of one dial. An adapter keeps it as long as its connection lives, so it keeps
 * no more than where to report. The abort signal is made when it is first asked for, and let go
 * when the dial has succeeded.
 */
export class DialLink implements Link {
  #end: LinkEnd | undefined
  #controller: AbortController | undefined = undefined
  #isLost = false

  constructor(end: LinkEnd) {
    this.#end = end
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }

  /** The adapter has said that the connection is gone, and so must not be asked to close it. */
  get isLost(): boolean {
    return this.#isLost
  }

  closed(error?: Error): void {
    this.#isLost = true
    this.#end?.closed(error)
  }

  drain(): void {
    this.#end?.drain()
  }

  setCapacity(capacity: number): void {
    checkCapacity('link.setCapacity() capacity', capacity, 0)
    this.#end?.setCapacity(capacity)
  }

  /** The dial has succeeded: reports now concern the connection. */
  handTo(conn: LinkEnd): void {
    this.#end = conn
    this.#controller = undefined
  }

  /** The pool has no more use for the dial. */
  abort(reason: unknown): void {
    this.#end = undefined
    this.#controller ??= new AbortController()
    // Until an error's stack is read, V8 keeps with it what its calls were made on: the whole pool.
    if (reason instanceof Error) void reason.stack
    this.#controller.abort(reason)
  }

  /** The dial has failed by itself: nobody listens any more. */
  cut(): void {
    this.#end = undefined
    this.#controller = undefined
  }
}
