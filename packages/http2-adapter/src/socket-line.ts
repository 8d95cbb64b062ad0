import type { Link } from '@wantconn/pool-core'
import type { SharedSession } from './shared-session.ts'

/**
 * The line on which the adapter for sockets reports: to the pool as long as it is a mere socket, to
 * the session once there is one.
 */
export class SocketLine implements Link {
  shared: SharedSession | undefined = undefined
  readonly #link: Link

  constructor(link: Link) {
    this.#link = link
  }

  get signal(): AbortSignal {
    return this.#link.signal
  }

  closed(error?: Error): void {
    if (this.shared === undefined) this.#link.closed(error)
    else this.shared.onSocketEnd(error)
  }

  drain(): void {
    this.#link.drain()
  }

  setCapacity(capacity: number): void {
    this.#link.setCapacity(capacity)
  }
}
