import type { Adapter, Lease, Link, Pool } from '@wantconn/pool-core'
import type { Session } from './session.ts'
import type { SessionTarget } from './session-adapter.ts'

/** A session that is leased from the lower pool as a whole; each lease on this is one channel. */
export class Channels {
  readonly session: Session
  readonly #lease: Lease<Session>
  readonly #link: Link
  #isGivenBack = false

  constructor(lease: Lease<Session>, link: Link) {
    this.#lease = lease
    this.#link = link
    this.session = lease.conn
    this.session.socket.on('close', this.#onEnd)
    this.session.onLimit = () => link.setCapacity(this.session.channels)
    this.session.onLimit()
  }

  ask(text: string): Promise<string> {
    return this.session.ask(text)
  }

  /** The session goes back to the lower pool: for the next holder, or to be closed if it is broken. */
  giveBack(): void {
    if (this.#isGivenBack) return
    this.#isGivenBack = true
    // The session lives on, and others will listen to it.
    this.session.socket.off('close', this.#onEnd)
    this.session.onLimit = () => {}
    this.#lease.release()
  }

  readonly #onEnd = (): void => {
    // Nobody calls close() for what has ended by itself, and yet its lease must end.
    this.giveBack()
    this.#link.closed()
  }
}

/**
 * The upper level: to dial is to lease a session, to close is to give it back. How many channels
 * a session carries, the server says.
 */
export function channelAdapter(
  sessions: Pool<SessionTarget, Session>,
): Adapter<SessionTarget, Channels> {
  return {
    key: ({ host, port }) => `${host}:${port}`,

    async dial(target, link) {
      // The lower pool does the rest of what a dial must do about an abort.
      return new Channels(await sessions.acquire(target, { signal: link.signal }), link)
    },

    close(channels) {
      channels.giveBack()
    },

    isBroken: ({ session }) => !session.socket.writable,

    onIdle({ session }) {
      session.socket.unref()
    },

    onLease({ session }) {
      session.socket.ref()
    },

    expectedCapacity: () => 4,
  }
}
