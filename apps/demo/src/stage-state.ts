import type {
  ConnId,
  ConnState,
  DialId,
  DialState,
  LaneId,
  LaneState,
  Ledger,
  PoolEvent,
  StageState,
  WaitingState,
  WantId,
} from './protocol.ts'

type Mutable<T> = { -readonly [name in keyof T]: T[name] }

/** One lane, with what is in it by its number. Maps keep the order of arrival. */
export interface Lane {
  readonly lane: LaneId
  readonly key: string
  readonly name: string
  readonly waiting: Map<WantId, WaitingState>
  readonly dials: Map<DialId, Mutable<DialState>>
  readonly conns: Map<ConnId, Mutable<ConnState>>
}

/**
 * What pool events add up to: who waits, what is dialed, which connections there are. It knows the
 * present only, so its size is that of the pool, however many events went by. An event of a lane,
 * dial or connection that it does not know changes nothing.
 */
export class Stage {
  readonly lanes: Map<LaneId, Lane> = new Map()
  readonly ledger: Mutable<Ledger>

  constructor(state: StageState = emptyStage) {
    this.ledger = { ...state.ledger }
    for (const lane of state.lanes) this.lanes.set(lane.lane, laneOf(lane))
  }

  fold(event: PoolEvent): void {
    if (event.type === 'lane') {
      const { lane, key, name } = event
      this.lanes.set(lane, laneOf({ lane, key, name, waiting: [], dials: [], conns: [] }))
      return
    }
    const lane = this.lanes.get(event.lane)
    if (lane !== undefined) this.#foldInto(lane, event)
  }

  snapshot(): StageState {
    return { lanes: [...this.lanes.values()].map(snapshotOf), ledger: { ...this.ledger } }
  }

  #foldInto(lane: Lane, event: Exclude<PoolEvent, { type: 'lane' }>): void {
    switch (event.type) {
      case 'want': {
        const { want, request, t } = event
        lane.waiting.set(want, { want, request, since: t })
        return
      }
      case 'dial':
        lane.dials.set(event.dial, { dial: event.dial, since: event.t, phase: 'lookup' })
        this.ledger.flying++
        return
      case 'phase': {
        const dial = lane.dials.get(event.dial)
        if (dial !== undefined) dial.phase = event.phase
        return
      }
      case 'dialed':
        this.#dialed(lane, event)
        return
      case 'got':
        this.#got(lane, event)
        return
      case 'want-failed':
        lane.waiting.delete(event.want)
        return
      case 'idle':
        if (event.dial !== undefined) this.ledger.idle++
        setState(lane, event.conn, 'idle', event.t)
        return
      case 'closed':
        if (event.dial !== undefined) this.ledger.unused++
        lane.conns.delete(event.conn)
        return
      case 'streams': {
        const conn = lane.conns.get(event.conn)
        const { streams, capacity, draining } = event
        if (conn !== undefined) Object.assign(conn, { streams, capacity, draining })
      }
    }
  }

  #dialed(lane: Lane, event: Extract<PoolEvent, { type: 'dialed' }>): void {
    const { dial, conn, t, port, capacity } = event
    if (!lane.dials.delete(dial)) return
    this.ledger.flying--
    if (event.surplus) this.ledger.surplus++
    if (conn === undefined) {
      this.ledger.failed++
      return
    }
    lane.conns.set(conn, {
      conn,
      state: 'idle',
      since: t,
      openedAt: t,
      dial,
      uses: 0,
      ...(port !== undefined && { port }),
      ...(capacity !== undefined && { capacity, streams: 0 }),
    })
  }

  #got(lane: Lane, event: Extract<PoolEvent, { type: 'got' }>): void {
    lane.waiting.delete(event.want)
    if (event.dial !== undefined) this.ledger[event.by === 'own-dial' ? 'own' : 'other']++
    const conn = lane.conns.get(event.conn)
    if (conn === undefined) return
    conn.uses++
    conn.request = event.request
    setState(lane, event.conn, 'leased', event.t)
  }
}

export const emptyStage: StageState = {
  lanes: [],
  ledger: { flying: 0, own: 0, other: 0, idle: 0, unused: 0, failed: 0, surplus: 0 },
}

function setState(lane: Lane, id: ConnId, state: ConnState['state'], t: number): void {
  const conn = lane.conns.get(id)
  if (conn === undefined) return
  conn.state = state
  conn.since = t
}

function laneOf(state: LaneState): Lane {
  return {
    lane: state.lane,
    key: state.key,
    name: state.name,
    waiting: new Map(state.waiting.map((want) => [want.want, want])),
    dials: new Map(state.dials.map((dial) => [dial.dial, { ...dial }])),
    conns: new Map(state.conns.map((conn) => [conn.conn, { ...conn }])),
  }
}

function snapshotOf({ lane, key, name, waiting, dials, conns }: Lane): LaneState {
  return {
    lane,
    key,
    name,
    waiting: [...waiting.values()],
    dials: [...dials.values()].map((dial) => ({ ...dial })),
    conns: [...conns.values()].map((conn) => ({ ...conn })),
  }
}
