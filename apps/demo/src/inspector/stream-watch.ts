import type { SessionView } from '../contenders/ours.ts'
import type { ConnId, LaneId, StreamsEvent } from '../protocol.ts'
import type { PoolRecorder } from './pool-recorder.ts'

interface Followed {
  readonly conn: ConnId
  readonly lane: LaneId
  told: string
}

/**
 * What goes on in the sessions of a client, as its `stats()` tell: how many streams, how much room.
 *
 * The trace tells of a session as an object, `stats()` by a number. Both list sessions in the order in
 * which they became usable, so a session that is new here is the oldest of those that are new there.
 */
export class StreamWatch {
  readonly #recorder: PoolRecorder
  readonly #sessions: () => readonly SessionView[]
  readonly #byConn = new WeakMap<object, number>()
  readonly #followed = new Map<number, Followed>()

  constructor(recorder: PoolRecorder, sessions: () => readonly SessionView[]) {
    this.#recorder = recorder
    this.#sessions = sessions
  }

  /** What has changed since the last look. */
  look(t: number): StreamsEvent[] {
    const sessions = this.#sessions()
    this.#follow(sessions)
    const changes = sessions.map((session) => this.#changeOf(session, t))
    return changes.filter((change) => change !== undefined)
  }

  #follow(sessions: readonly SessionView[]): void {
    const unknown = sessions.filter(({ id }) => !this.#followed.has(id)).map(({ id }) => id)
    for (const [conn, { id, lane }] of this.#recorder.conns()) {
      if (unknown.length === 0) break
      if (this.#byConn.has(conn)) continue
      const session = unknown.shift() as number
      this.#byConn.set(conn, session)
      this.#followed.set(session, { conn: id, lane: lane.id, told: '' })
    }
    this.#forget(sessions)
  }

  #forget(sessions: readonly SessionView[]): void {
    if (this.#followed.size <= sessions.length) return
    const present = new Set(sessions.map(({ id }) => id))
    for (const id of this.#followed.keys()) if (!present.has(id)) this.#followed.delete(id)
  }

  #changeOf({ id, state, streams, capacity }: SessionView, t: number): StreamsEvent | undefined {
    const followed = this.#followed.get(id)
    const told = `${state} ${streams} ${capacity}`
    if (followed === undefined || followed.told === told) return undefined
    followed.told = told
    const { lane, conn } = followed
    return { type: 'streams', t, lane, conn, streams, capacity, draining: state !== 'open' }
  }
}
