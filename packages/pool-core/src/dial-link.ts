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

  constructor(end: LinkEnd) {
    this.#end = end
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }

  closed(error?: Error): void {
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

  /** The pool has no more use for the dial, which goes on listening: a late connection may be lost again. */
  abort(reason: unknown): void {
    this.#controller ??= new AbortController()
    this.#controller.abort(reason)
  }

  /** The dial has failed by itself: nobody listens any more. */
  cut(): void {
    this.#end = undefined
    this.#controller = undefined
  }
}
