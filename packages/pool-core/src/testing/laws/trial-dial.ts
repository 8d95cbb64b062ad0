import type { Link } from '../../adapter.ts'
import { RecordingLink } from './recording-link.ts'

export type Outcome<Conn> = { readonly conn: Conn } | { readonly error: unknown }

/** One dial that a law has begun, with a link of its own. */
export class TrialDial<Conn extends object> {
  readonly link: RecordingLink = new RecordingLink()
  /** Resolves when the dial has settled, either way. */
  readonly settling: Promise<Outcome<Conn>>
  /** Undefined while it has not settled. */
  settled: Outcome<Conn> | undefined = undefined

  constructor(dial: (link: Link) => PromiseLike<Conn>, abortedWith?: { readonly reason: unknown }) {
    if (abortedWith !== undefined) this.abort(abortedWith.reason)
    this.settling = this.#begin(dial).then(
      (conn) => this.#settle({ conn }),
      (error) => this.#settle({ error }),
    )
  }

  get conn(): Conn | undefined {
    return this.settled !== undefined && 'conn' in this.settled ? this.settled.conn : undefined
  }

  get hasFailed(): boolean {
    return this.settled !== undefined && 'error' in this.settled
  }

  get error(): unknown {
    return this.settled !== undefined && 'error' in this.settled ? this.settled.error : undefined
  }

  abort(reason: unknown): void {
    this.link.abort(reason)
  }

  // One that throws counts as rejected, as in a pool.
  async #begin(dial: (link: Link) => PromiseLike<Conn>): Promise<Conn> {
    this.link.isInDial = true
    let dialed: PromiseLike<Conn>
    try {
      dialed = dial(this.link)
    } finally {
      this.link.isInDial = false
    }
    return await dialed
  }

  #settle(outcome: Outcome<Conn>): Outcome<Conn> {
    this.settled = outcome
    return outcome
  }
}
