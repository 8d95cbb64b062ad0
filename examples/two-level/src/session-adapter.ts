import { connect } from 'node:net'
import type { Adapter } from '@wantconn/pool-core'
import { Session } from './session.ts'

export interface SessionTarget {
  readonly host: string
  readonly port: number
}

/** The lower level: sessions, each for one holder at a time. */
export const sessionAdapter: Adapter<SessionTarget, Session> = {
  key: ({ host, port }) => `${host}:${port}`,

  async dial({ host, port }, link) {
    const { signal } = link
    signal.throwIfAborted()
    const session = new Session(connect(port, host))
    session.socket.once('close', () => link.closed())
    const onAbort = (): void => session.destroy()
    signal.addEventListener('abort', onAbort)
    try {
      await session.greeted
      return session
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  },

  close(session) {
    session.destroy()
  },

  isBroken: (session) => session.isBusyOrDead,

  onIdle(session) {
    session.socket.unref()
  },

  onLease(session) {
    session.socket.ref()
  },
}
