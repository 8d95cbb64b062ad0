import type { ConnId, PoolEvent, Winner } from '../../../src/protocol.ts'

export interface FakeTraffic {
  readonly lanes: number
  /** Requests a second, over all lanes. */
  readonly perSecond: number
  readonly workMs: number
  readonly dialMs: number
  readonly seed?: number
}

interface Use {
  readonly conn: ConnId
  readonly lane: number
  readonly until: number
}

interface Flying {
  readonly dial: number
  readonly lane: number
  readonly since: number
  readonly until: number
  isConnecting: boolean
}

/** Makes the events of a pool that binds late, without any pool: as many as one likes, the same each time. */
export class FakePool {
  readonly #traffic: FakeTraffic
  readonly #random: () => number
  readonly #idle: ConnId[][]
  readonly #line: number[][]
  #uses: Use[] = []
  #flying: Flying[] = []
  #numbers = { want: 0, dial: 0, conn: 0 }
  #t = 0
  #owed = 0
  #events: PoolEvent[] = []

  constructor(traffic: FakeTraffic) {
    this.#traffic = traffic
    this.#random = seeded(traffic.seed ?? 1)
    this.#idle = Array.from({ length: traffic.lanes }, () => [])
    this.#line = Array.from({ length: traffic.lanes }, () => [])
    for (let lane = 1; lane <= traffic.lanes; lane++) {
      const name = `host-${lane}.localhost:8080`
      this.#events.push({ type: 'lane', t: 0, lane, key: `http://${name}`, name })
    }
  }

  get t(): number {
    return this.#t
  }

  /** What happens in the next `ms`. */
  advance(ms: number): readonly PoolEvent[] {
    const end = this.#t + ms
    while (this.#t < end) this.#tick()
    const events = this.#events
    this.#events = []
    return events
  }

  #tick(): void {
    this.#t += 1
    this.#owed += this.#traffic.perSecond / 1_000
    for (; this.#owed >= 1; this.#owed--) this.#want()
    this.#endUses()
    this.#endDials()
  }

  #want(): void {
    const want = ++this.#numbers.want
    const lane = 1 + (want % this.#traffic.lanes)
    this.#events.push({ type: 'want', t: this.#t, lane, want, request: want })
    const conn = this.#idle[lane - 1]?.pop()
    if (conn !== undefined) {
      this.#got(lane, want, conn, 'idle')
      return
    }
    this.#line[lane - 1]?.push(want)
    const dial = ++this.#numbers.dial
    this.#events.push({ type: 'dial', t: this.#t, lane, dial })
    const until = this.#t + this.#traffic.dialMs * (0.5 + this.#random())
    this.#flying.push({ dial, lane, since: this.#t, until, isConnecting: false })
  }

  #endUses(): void {
    const over = this.#uses.filter(({ until }) => until <= this.#t)
    if (over.length === 0) return
    this.#uses = this.#uses.filter(({ until }) => until > this.#t)
    for (const { lane, conn } of over) this.#offer(lane, conn, 'handed-over')
  }

  #endDials(): void {
    for (const flying of this.#flying) {
      const { dial, lane, since, until } = flying
      if (!flying.isConnecting && this.#t > (since + until) / 2) {
        flying.isConnecting = true
        this.#events.push({ type: 'phase', t: this.#t, lane, dial, phase: 'connect' })
      }
      if (until <= this.#t) this.#connected(flying)
    }
    this.#flying = this.#flying.filter(({ until }) => until > this.#t)
  }

  #connected({ dial, lane, since }: Flying): void {
    const durationMs = this.#t - since
    const surplus = (this.#line[lane - 1]?.length ?? 0) === 0
    if (this.#random() < 0.01) {
      const error = 'ECONNRESET'
      this.#events.push({ type: 'dialed', t: this.#t, lane, dial, durationMs, error, surplus })
      return
    }
    const conn = ++this.#numbers.conn
    const port = 40_000 + conn
    this.#events.push({ type: 'dialed', t: this.#t, lane, dial, durationMs, conn, port, surplus })
    this.#offer(lane, conn, 'own-dial', dial)
  }

  #offer(lane: number, conn: ConnId, by: Winner, dial?: number): void {
    const from = dial === undefined ? {} : { dial }
    const want = this.#line[lane - 1]?.shift()
    if (want !== undefined) this.#got(lane, want, conn, by, dial)
    else if (this.#random() < 0.002) {
      const reason = 'closed-by-peer'
      this.#events.push({ type: 'closed', t: this.#t, lane, conn, reason, uses: 1, ...from })
    } else {
      this.#idle[lane - 1]?.push(conn)
      this.#events.push({ type: 'idle', t: this.#t, lane, conn, ...from })
    }
  }

  #got(lane: number, want: number, conn: ConnId, by: Winner, dial?: number): void {
    this.#events.push({
      type: 'got',
      t: this.#t,
      lane,
      want,
      request: want,
      conn,
      by,
      waitedMs: 0,
      idleMs: 0,
      reused: dial === undefined,
      ...(dial !== undefined && { dial }),
    })
    const until = this.#t + this.#traffic.workMs * (0.5 + this.#random())
    this.#uses.push({ conn, lane, until })
  }
}

/** Park and Miller's. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
