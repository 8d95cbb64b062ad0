import type {
  ClosedEvent,
  ConnState,
  DialEvent,
  DialedEvent,
  GotEvent,
  LaneId,
  PoolEvent,
  StageState,
  WantEvent,
} from '../../src/protocol.ts'
import { Ring } from './ring.ts'
import type { ConnStory, DialFate, DialStory, Story, Thing, WantStory } from './story.ts'

/** How many ended wants, dials and connections are remembered, and how many uses of each connection. */
export const remembered = { wants: 3_000, dials: 1_500, conns: 500, uses: 24 } as const

/**
 * What everything in the pool has been through. It keeps all that lives, and of what has ended the
 * latest: its size does not depend on how long the show lasts.
 */
export class Stories {
  readonly #wants = new Shelf<WantStory>(remembered.wants)
  readonly #dials = new Shelf<DialStory>(remembered.dials)
  readonly #conns = new Shelf<ConnStory>(remembered.conns)
  /** Every dial that has begun, the latest ones. */
  readonly #ledger = new Ring<DialStory>(remembered.dials)

  /** What there is already is known from now on; what was before is not. */
  constructor(base?: StageState) {
    for (const lane of base?.lanes ?? []) {
      for (const { want, request, since } of lane.waiting) {
        this.#want({ type: 'want', t: since, lane: lane.lane, want, request })
      }
      for (const { dial, since, phase } of lane.dials) {
        const story = this.#dial({ type: 'dial', t: since, lane: lane.lane, dial })
        if (phase !== 'lookup') story.phases.push({ phase, t: since })
      }
      for (const conn of lane.conns) this.#conns.add(storyOf(conn, lane.lane))
    }
  }

  find(thing: Thing | undefined): Story | undefined {
    switch (thing?.kind) {
      case 'want':
        return this.#wants.get(thing.id)
      case 'dial':
        return this.#dials.get(thing.id)
      case 'conn':
        return this.#conns.get(thing.id)
      default:
        return undefined
    }
  }

  dials(count: number): readonly DialStory[] {
    return this.#ledger.latest(count)
  }

  /** How many stories are kept. */
  get size(): number {
    return this.#wants.size + this.#dials.size + this.#conns.size
  }

  fold(event: PoolEvent): void {
    switch (event.type) {
      case 'want':
        this.#want(event)
        return
      case 'got':
        this.#got(event)
        return
      case 'want-failed': {
        const { want, t, error, waitedMs } = event
        this.#wants.end(want, { settledAt: t, error, waitedMs })
        return
      }
      case 'dial':
        this.#dial(event)
        return
      case 'phase':
        this.#dials.get(event.dial)?.phases.push({ phase: event.phase, t: event.t })
        return
      case 'dialed':
        this.#dialed(event)
        return
      case 'idle':
        this.#idle(event.conn, event.t)
        this.#meets(event.dial, 'idle')
        return
      case 'closed':
        this.#closed(event)
    }
  }

  #want({ want, lane, request, t }: WantEvent): void {
    this.#wants.add({ kind: 'want', id: want, lane, request, statedAt: t })
  }

  #dial({ dial, lane, t }: DialEvent): DialStory {
    const story: DialStory = {
      kind: 'dial',
      id: dial,
      lane,
      since: t,
      phases: [{ phase: 'lookup', t }],
      fate: 'flying',
      surplus: false,
    }
    this.#dials.add(story)
    this.#ledger.push(story)
    return story
  }

  #dialed(event: DialedEvent): void {
    const { dial, t, durationMs, conn, error, surplus, lane, port } = event
    const given = { ...(conn !== undefined && { conn }), ...(error !== undefined && { error }) }
    this.#dials.end(dial, { endedAt: t, durationMs, surplus, ...given })
    if (conn === undefined) this.#meets(dial, 'failed')
    else {
      const from = { conn, dial, openedAt: t, ...(port !== undefined && { port }) }
      this.#conns.add(storyOf({ ...from, state: 'leased', since: t, uses: 0 }, lane))
    }
  }

  #got(event: GotEvent): void {
    const { want, request, conn, by, waitedMs, idleMs, dial, t } = event
    const from = dial === undefined ? {} : { dial }
    this.#wants.end(want, { settledAt: t, waitedMs, by, conn, ...from })
    const story = this.#conns.get(conn)
    if (story !== undefined) {
      story.uses++
      delete story.idleSince
      story.recent.push({ t, want, request, by, waitedMs, idleMs })
    }
    const served = this.#meets(dial, by === 'own-dial' ? 'own' : 'other')
    if (served !== undefined) Object.assign(served, { want, request })
  }

  #idle(id: number, t: number): void {
    const conn = this.#conns.get(id)
    if (conn === undefined) return
    conn.idleSince = t
    const [last] = conn.recent.latest(1)
    if (last !== undefined) last.doneAt ??= t
  }

  #closed({ conn, t, reason, error, dial }: ClosedEvent): void {
    this.#conns.end(conn, { closedAt: t, reason, ...(error !== undefined && { error }) })
    this.#meets(dial, 'unused')
  }

  #meets(dial: number | undefined, fate: DialFate): DialStory | undefined {
    const story = dial === undefined ? undefined : this.#dials.get(dial)
    if (story !== undefined) story.fate = fate
    return story
  }
}

/** Stories by number; those that have ended leave when there are too many of them. */
class Shelf<T extends Story> {
  readonly #stories = new Map<number, T>()
  readonly #ended: Ring<number>

  constructor(capacity: number) {
    this.#ended = new Ring(capacity)
  }

  get size(): number {
    return this.#stories.size
  }

  add(story: T): void {
    this.#stories.set(story.id, story)
  }

  get(id: number): T | undefined {
    return this.#stories.get(id)
  }

  end(id: number, how: Partial<T>): void {
    const story = this.#stories.get(id)
    if (story === undefined) return
    Object.assign(story, how)
    const oldest = this.#ended.push(id)
    if (oldest !== undefined) this.#stories.delete(oldest)
  }
}

function storyOf(conn: ConnState, lane: LaneId): ConnStory {
  const { openedAt, dial, port, uses, state, since } = conn
  return {
    kind: 'conn',
    id: conn.conn,
    lane,
    dial,
    openedAt,
    recent: new Ring(remembered.uses),
    uses,
    ...(port !== undefined && { port }),
    ...(state === 'idle' && { idleSince: since }),
  }
}
