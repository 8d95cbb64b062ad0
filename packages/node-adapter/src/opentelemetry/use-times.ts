import type { ConnClosedEvent, GotConnEvent, PutIdleEvent } from '@wantconn/pool-core'

/** Since when one connection is open, and lent out. */
interface Times {
  readonly openedAt: number
  /** Undefined: not lent out, or nobody can know since when. */
  lentAt: number | undefined
}

/**
 * How long connections are open and lent out. The trace does not say when a lease ends: that is
 * when its connection goes idle, is lent again or closed. Of one that carries several leases
 * nothing can be told. A detached one is never heard of again.
 */
export class UseTimes {
  readonly #now: () => number
  readonly #used: (ms: number) => void
  readonly #times = new WeakMap<object, Times>()

  constructor(now: () => number, used: (ms: number) => void) {
    this.#now = now
    this.#used = used
  }

  opened(conn: object): void {
    this.#times.set(conn, { openedAt: this.#now(), lentAt: undefined })
  }

  lent({ conn, shared }: GotConnEvent<object>): void {
    const times = this.#times.get(conn)
    if (times === undefined) return
    if (!shared) this.#back(times)
    times.lentAt = shared ? undefined : this.#now()
  }

  idle({ conn }: PutIdleEvent<object>): void {
    const times = this.#times.get(conn)
    if (times !== undefined) this.#back(times)
  }

  /** How long it was open, if that is known. */
  closed({ conn }: ConnClosedEvent<object>): number | undefined {
    const times = this.#times.get(conn)
    if (times === undefined) return undefined
    this.#times.delete(conn)
    this.#back(times)
    return this.#now() - times.openedAt
  }

  #back(times: Times): void {
    const { lentAt } = times
    times.lentAt = undefined
    if (lentAt !== undefined) this.#used(this.#now() - lentAt)
  }
}
