import type { KeyStats, PoolStats } from '../../src/stats.ts'
import { ModelLine } from './model-line.ts'
import type { ModelConn, ModelDial, ModelLease, ModelWant, Outcome } from './model-state.ts'

/** What a want asks for. */
export interface ModelAsk {
  readonly timeoutMs: number | undefined
  readonly hasHooks: boolean
  /** The reason of a signal that is aborted already. */
  readonly aborted: string | undefined
}

/** Done, or refused: it ended before, or others hold leases on the connection. */
export type LeaseEnd = 'done' | 'finished' | 'shared'

/**
 * What a pool should do, told naively: arrays and scans, names for objects, no promises.
 *
 * Each method is one step of a script. It changes the state, says in `events` all that can be
 * seen of that from outside, and ends with `settle`, which begins the dials that are lacking.
 */
export class ModelPool extends ModelLine {
  want(name: string, key: string, ask: ModelAsk): Outcome | undefined {
    const isOver = this.isClosed || ask.aborted !== undefined
    const conn = isOver ? undefined : this.ready(key)
    this.totals.wants++
    this.sayOf(ask.hasHooks ? name : undefined, 'getConn', key)
    const want: ModelWant = {
      name,
      key,
      number: this.totals.wants,
      statedAt: this.now,
      timeoutAt: this.now + (ask.timeoutMs ?? this.limits.acquireTimeoutMs),
      hasHooks: ask.hasHooks,
      dial: undefined,
      dialError: undefined,
    }
    if (this.isClosed) this.fail(want, 'ERR_POOL_CLOSED', 'refused')
    else if (ask.aborted !== undefined) this.fail(want, ask.aborted, 'canceled')
    else if (conn !== undefined) this.deliver(want, conn)
    else if (this.lineOf(key).length >= this.limits.maxWaiting) {
      this.fail(want, 'ERR_POOL_QUEUE_FULL', 'refused')
    } else {
      this.expect(key)
      this.line.push(want)
    }
    this.settle()
    return this.outcomes.get(name)
  }

  tryAcquire(key: string): ModelLease | undefined {
    const conn = this.isClosed ? undefined : this.ready(key)
    if (conn === undefined) {
      this.settle()
      return undefined
    }
    this.totals.wants++
    this.sayOf(undefined, 'getConn', key)
    const lease = this.lend(conn, undefined, 0)
    this.settle()
    return lease
  }

  isWaiting(name: string): boolean {
    return this.line.some((want) => want.name === name)
  }

  /** By `cancel` or by its signal. */
  giveUp(name: string, reason: string): boolean {
    const want = this.line.find((it) => it.name === name)
    if (want !== undefined) this.fail(want, reason, 'canceled')
    this.settle()
    return want !== undefined
  }

  release(lease: ModelLease, hintMs: number | undefined): LeaseEnd {
    if (lease.hasEnded) return 'finished'
    lease.hasEnded = true
    const { conn } = lease
    if (!conn.isOpen) return 'done'
    const reason = this.unfitToKeep(conn)
    this.changeLoad(conn, -1)
    if (reason !== undefined) this.retire(conn, reason)
    else this.place(conn, hintMs)
    this.settle()
    return 'done'
  }

  discard(lease: ModelLease, error: string | undefined): LeaseEnd {
    if (lease.hasEnded) return 'finished'
    lease.hasEnded = true
    if (!lease.conn.isOpen) return 'done'
    this.changeLoad(lease.conn, -1)
    this.retire(lease.conn, 'discarded', error)
    this.settle()
    return 'done'
  }

  detach(lease: ModelLease): LeaseEnd {
    if (lease.hasEnded) return 'finished'
    const { conn } = lease
    if (conn.isOpen && conn.leases > 1) return 'shared'
    lease.hasEnded = true
    if (!conn.isOpen) return 'done'
    this.forget(conn)
    this.totals.detached++
    this.settle()
    return 'done'
  }

  finishDial(name: string): void {
    const dial = this.dialOf(name)
    if (dial === undefined) return
    if (dial.state === 'in flight' && !dial.isSpoilt && dial.capacity > 0) this.opened(dial)
    else {
      if (!dial.isLost) this.say(`close ${name} dial-unwanted`)
      if (dial.state === 'in flight') this.endDial(dial, dial.error ?? 'ERR_POOL_DIAL_CLOSED')
    }
    dial.state = 'settled'
    this.settle()
  }

  failDial(name: string, error: string): void {
    const dial = this.dialOf(name)
    if (dial === undefined) return
    if (dial.state === 'in flight') this.endDial(dial, error)
    dial.state = 'settled'
    this.settle()
  }

  linkClosed(name: string, error: string | undefined): void {
    const conn = this.conns.find((it) => it.name === name)
    if (conn !== undefined) {
      const { retired } = conn
      this.bookClosed(conn, retired?.reason ?? 'closed-by-peer', retired?.error ?? error)
    } else this.spoil(name, error, true)
    this.settle()
  }

  drain(name: string | undefined): void {
    const conn = this.conns.find((it) => it.name === name)
    if (conn !== undefined) this.retire(conn, 'drained')
    else this.spoil(name, undefined, false)
    this.settle()
  }

  setCapacity(name: string, capacity: number): void {
    const conn = this.conns.find((it) => it.name === name)
    const dial = this.allDials.get(name)
    if (conn !== undefined) {
      conn.capacity = this.usable(capacity)
      conn.turn = ++this.turns
      if (conn.capacity > 0) this.expected.set(conn.key, conn.capacity)
      this.offer(conn)
    } else if (dial !== undefined && dial.state !== 'settled') dial.capacity = capacity
    this.settle()
  }

  break(name: string | undefined): void {
    if (!this.tellsIfBroken) return
    for (const conn of this.conns) if (conn.name === name) conn.isBroken = true
  }

  warm(name: string, key: string, count: number): void {
    if (this.isClosed) this.say(`warm ${name} ERR_POOL_CLOSED`)
    else {
      this.expect(key)
      this.warmups.push({ name, key, count, dialsLeft: 2 * count })
    }
    this.settle()
  }

  get isWarming(): boolean {
    return this.warmups.length > 0
  }

  stopWarming(name: string, reason: string): void {
    for (const warmup of [...this.warmups])
      if (warmup.name === name) this.failWarmup(warmup, reason)
    this.settle()
  }

  closeIdle(key: string | undefined): number {
    let closed = 0
    for (const conn of [...this.idle]) {
      if (key !== undefined && conn.key !== key) continue
      this.retire(conn, 'close-idle')
      closed++
    }
    const waitsFor = (dial: ModelDial): boolean =>
      dial.want !== undefined ||
      this.lineOf(dial.key).some((want) => want.dial === undefined) ||
      this.warmups.some((warmup) => warmup.key === dial.key)
    const unwanted = this.dials.filter((it) => key === undefined || it.key === key)
    for (const dial of unwanted.filter((it) => !waitsFor(it))) {
      this.abortDial(dial, 'ERR_POOL_CANCELED')
    }
    this.settle()
    return closed
  }

  close(given: string | undefined, leasedToo: boolean): void {
    if (!this.isClosed) {
      this.isClosed = true
      const error = given ?? 'ERR_POOL_CLOSED'
      for (const dial of [...this.dials]) this.abortDial(dial, error)
      for (const warmup of [...this.warmups]) this.failWarmup(warmup, error)
      for (const want of [...this.line]) this.fail(want, error, 'failed')
      for (const conn of [...this.idle]) this.retire(conn, 'pool-closed')
    }
    for (const conn of leasedToo ? [...this.conns] : []) this.closeNow(conn, 'pool-closed', given)
    this.settle()
  }

  /** Time passes, and what is due on the way happens, each at its own moment. */
  advance(ms: number): void {
    const until = this.now + ms
    for (let at = this.nextDeadline(); at <= until; at = this.nextDeadline()) {
      this.now = Math.max(this.now, at)
      this.lookAtWhatIsDue()
    }
    this.now = until
  }

  /** Time has passed, and nobody has looked yet. */
  jump(ms: number): void {
    this.now += ms
  }

  stats(): PoolStats {
    const { keys, ...present } = this.count(() => true)
    return { ...present, keys: this.keys().length, totals: this.totals }
  }

  keyStats(key: string): KeyStats {
    return this.count((it) => it.key === key)
  }

  keys(): string[] {
    const members = [...this.conns, ...this.dials, ...this.line, ...this.warmups]
    return [...new Set(members.map((it) => it.key))].sort()
  }

  private count(isMeant: (it: { readonly key: string }) => boolean): KeyStats {
    const conns = this.conns.filter(isMeant)
    const idle = this.idle.filter(isMeant).length
    return {
      open: conns.length,
      idle,
      leased: conns.length - idle,
      leases: conns.reduce((sum, conn) => sum + conn.leases, 0),
      dialing: this.dials.filter(isMeant).length,
      waiting: this.line.filter(isMeant).length,
      keys: [...conns, ...this.dials, ...this.line, ...this.warmups].some(isMeant) ? 1 : 0,
    }
  }

  private dialOf(name: string): ModelDial | undefined {
    const dial = this.allDials.get(name)
    if (dial !== undefined || this.isUndetermined) return dial
    throw new Error(`the model knows no dial ${name}`)
  }

  private spoil(name: string | undefined, error: string | undefined, isLost: boolean): void {
    const dial = this.allDials.get(name ?? '')
    if (dial === undefined || dial.state === 'settled') return
    dial.isSpoilt = true
    dial.isLost ||= isLost
    dial.error ??= error
  }

  private opened(dial: ModelDial): void {
    const { want, key } = dial
    this.leaveDials(dial)
    const conn: ModelConn = this.open(dial)
    this.sayDialDone(dial, want, `conn ${conn.name}`)
    if (want !== undefined) this.deliver(want, conn)
    if (this.limits.reuse) this.place(conn, undefined)
    else if (want === undefined) this.retire(conn, 'dial-unwanted')
    this.expected.set(key, conn.capacity)
  }

  private nextDeadline(): number {
    const { hedgeMs, dialTimeoutMs } = this.limits
    const dials = this.dials.flatMap((dial) => [
      dial.startedAt + dialTimeoutMs,
      dial.isSlow ? Number.POSITIVE_INFINITY : dial.startedAt + hedgeMs,
    ])
    const wants = this.line.map((want) => want.timeoutAt)
    const conns = this.idle.map((conn) => Math.min(conn.idleUntil, conn.livesUntil))
    return Math.min(...dials, ...wants, ...conns)
  }

  private lookAtWhatIsDue(): void {
    const { hedgeMs, dialTimeoutMs } = this.limits
    const due = [
      ...this.line.map((want) => ({ at: want.timeoutAt, run: () => this.timeOut(want) })),
      ...this.dials.map((dial) => ({
        at: dial.startedAt + dialTimeoutMs,
        run: () => this.abortDial(dial, 'ERR_POOL_DIAL_TIMEOUT'),
      })),
      ...this.dials.map((dial) => ({
        at: dial.isSlow ? Number.POSITIVE_INFINITY : dial.startedAt + hedgeMs,
        run: () => {
          dial.isSlow = true
        },
      })),
      ...this.idle.map((conn) => ({
        at: Math.min(conn.livesUntil, conn.idleUntil),
        run: () => this.retire(conn, conn.livesUntil <= this.now ? 'lifetime' : 'idle-timeout'),
      })),
    ].filter((it) => it.at <= this.now)
    this.noteTies()
    for (const { run } of due.sort((a, b) => a.at - b.at)) run()
    this.settle()
  }

  /** A want and a dial of its key that are over at one look: which comes first is not laid down. */
  private noteTies(): void {
    const { dialTimeoutMs } = this.limits
    const dials = this.dials.filter((dial) => dial.startedAt + dialTimeoutMs <= this.now)
    const wants = this.line.filter((want) => want.timeoutAt <= this.now)
    if (wants.some((want) => dials.some((dial) => dial.key === want.key))) {
      this.isUndetermined = true
    }
  }

  private timeOut(want: ModelWant): void {
    if (!this.line.includes(want)) return
    const cause = want.dialError === undefined ? '' : ` after ${want.dialError}`
    this.fail(want, `ERR_POOL_WANT_TIMEOUT${cause}`, 'timedOut')
  }
}
