import type { CloseReason } from '../../src/close-reason.ts'
import type { Totals } from '../../src/stats.ts'
import {
  type Limits,
  limitsOf,
  type ModelConn,
  type ModelDial,
  type ModelLease,
  type ModelWant,
  type ModelWarmup,
  noTotals,
  type Outcome,
} from './model-state.ts'
import type { Scene } from './script.ts'

/** The state of the model, who waits, and what becomes of connections. */
export abstract class ModelConns {
  /** What can be seen from outside since it was last emptied, in any order. */
  events: string[] = []
  /** Two things fell on one moment, and no rule says which is first: from here on all is allowed. */
  isUndetermined = false
  isClosed = false
  now = 0
  readonly totals: Totals = noTotals()
  readonly outcomes: Map<string, Outcome> = new Map()
  readonly limits: Limits
  protected readonly listensToAbort: boolean
  protected readonly tellsIfBroken: boolean
  /** Who waits, oldest first. */
  protected line: ModelWant[] = []
  protected dials: ModelDial[] = []
  protected readonly allDials: Map<string, ModelDial> = new Map()
  protected readonly dialTurns: Map<string, number> = new Map()
  protected conns: ModelConn[] = []
  /** Those without a lease, the coldest first. */
  protected idle: ModelConn[] = []
  protected warmups: ModelWarmup[] = []
  /** The room that a dial will bring, for each key with state. */
  protected readonly expected: Map<string, number> = new Map()
  protected turns = 0
  readonly #told: number
  readonly #random: () => number

  constructor(scene: Scene, random: () => number) {
    this.limits = limitsOf(scene.setting)
    this.listensToAbort = scene.listensToAbort
    this.tellsIfBroken = scene.tellsIfBroken
    this.#told = this.limits.reuse ? scene.expected : 1
    this.#random = random
  }

  protected abstract isClaimedFrom(key: string): boolean
  protected abstract get isAnyoneHeldBack(): boolean

  protected say(event: string): void {
    this.events.push(event)
  }

  /** An event of the pool's trace, and of that want's own if it has hooks. */
  protected sayOf(want: string | undefined, hook: string, what: string): void {
    this.say(`trace ${hook} ${what}`)
    if (want !== undefined) this.say(`trace of ${want} ${hook} ${what}`)
  }

  protected lineOf(key: string): ModelWant[] {
    return this.line.filter((want) => want.key === key)
  }

  protected places(key: string): number {
    return [...this.conns, ...this.dials].filter((it) => it.key === key).length
  }

  protected expect(key: string): void {
    if (!this.expected.has(key)) this.expected.set(key, this.#told)
  }

  /** Without reuse, nothing is shared. */
  protected usable(capacity: number): number {
    return this.limits.reuse ? capacity : Math.min(capacity, 1)
  }

  protected open(dial: ModelDial): ModelConn {
    const { maxLifetimeMs, lifetimeJitter } = this.limits
    const livesFor =
      maxLifetimeMs === Number.POSITIVE_INFINITY
        ? maxLifetimeMs
        : maxLifetimeMs * (1 - lifetimeJitter * this.#random())
    const conn: ModelConn = {
      name: dial.name,
      key: dial.key,
      livesUntil: this.now + livesFor,
      capacity: this.usable(dial.capacity),
      leases: 0,
      uses: 0,
      isOpen: true,
      isBroken: false,
      retired: undefined,
      toldIdle: false,
      idleAt: 0,
      idleUntil: Number.POSITIVE_INFINITY,
      turn: 0,
    }
    this.conns.push(conn)
    this.totals.opened++
    return conn
  }

  /** The connection that the next want may have; those found unfit on the way are closed. */
  protected ready(key: string): ModelConn | undefined {
    for (let conn = this.next(key); conn !== undefined; conn = this.next(key)) {
      const reason = this.unfitToLend(conn)
      if (reason === undefined) return conn
      this.retire(conn, reason)
    }
    return undefined
  }

  protected hasRoom(conn: ModelConn): boolean {
    const isEnding = !conn.isOpen || conn.retired !== undefined || this.isWornOut(conn)
    return !isEnding && conn.leases < conn.capacity
  }

  /** Shareable ones before exclusive ones, the least loaded first; else in idle order. */
  private next(key: string): ModelConn | undefined {
    const idle = this.idle.filter((conn) => conn.key === key && conn.capacity > 0)
    const first = this.limits.idleOrder === 'lifo' ? idle.at(-1) : idle[0]
    const leased = this.conns.filter(
      (conn) => conn.key === key && conn.leases > 0 && this.hasRoom(conn),
    )
    leased.sort((a, b) => a.leases - b.leases || a.turn - b.turn)
    return first !== undefined && first.capacity > 1 ? first : (leased[0] ?? first)
  }

  private unfitToLend(conn: ModelConn): CloseReason | undefined {
    if (conn.isBroken) return 'broken'
    if (this.now >= conn.livesUntil) return 'lifetime'
    if (conn.leases === 0) return this.now >= conn.idleUntil ? 'idle-timeout' : undefined
    return this.isClaimedFrom(conn.key) ? 'evicted' : undefined
  }

  protected unfitToKeep(conn: ModelConn): CloseReason | undefined {
    if (this.isClosed) return 'pool-closed'
    if (!this.limits.reuse) return 'reuse-off'
    if (this.isWornOut(conn)) return conn.leases === 1 ? 'max-uses' : undefined
    if (conn.isBroken) return 'broken'
    return this.now >= conn.livesUntil ? 'lifetime' : undefined
  }

  private isWornOut(conn: ModelConn): boolean {
    return conn.uses >= this.limits.maxUses
  }

  protected changeLoad(conn: ModelConn, by: 1 | -1): void {
    conn.leases += by
    conn.turn = ++this.turns
    this.idle = this.idle.filter((it) => it !== conn)
  }

  protected lend(conn: ModelConn, want: ModelWant | undefined, waitedMs: number): ModelLease {
    const wasIdle = this.idle.includes(conn)
    const idleMs = wasIdle ? this.now - conn.idleAt : 0
    const reused = conn.uses > 0
    this.changeLoad(conn, 1)
    conn.uses++
    if (conn.toldIdle) this.say(`onLease ${conn.name}`)
    conn.toldIdle = false
    this.totals.got++
    if (reused) this.totals.reused++
    const how = `${conn.name}${reused ? ' reused' : ''}${wasIdle ? ` idle for ${idleMs}` : ''}`
    const shared = conn.capacity > 1 ? ' shared' : ''
    const name = want?.hasHooks ? want.name : undefined
    this.sayOf(name, 'gotConn', `${conn.key} ${how}${shared} after ${waitedMs}`)
    const lease = { conn, hasEnded: false }
    if (want !== undefined) {
      this.outcomes.set(want.name, lease)
      this.say(`settle ${want.name} ${how}`)
    }
    return lease
  }

  protected deliver(want: ModelWant, conn: ModelConn): void {
    this.leave(want)
    this.lend(conn, want, this.now - want.statedAt)
  }

  protected fail(
    want: ModelWant,
    error: string,
    count: 'failed' | 'canceled' | 'timedOut' | 'refused',
  ): void {
    this.leave(want)
    this.totals[count]++
    const waited = this.now - want.statedAt
    const name = want.hasHooks ? want.name : undefined
    this.sayOf(name, 'wantFailed', `${want.key} ${error} after ${waited}`)
    this.outcomes.set(want.name, { error })
    this.say(`settle ${want.name} ${error}`)
  }

  private leave(want: ModelWant): void {
    this.line = this.line.filter((it) => it !== want)
    if (want.dial !== undefined) want.dial.want = undefined
    want.dial = undefined
  }

  /** A use for a connection that has lost a lease or has just come. */
  protected place(conn: ModelConn, hintMs: number | undefined): void {
    if (conn.retired !== undefined) this.closeIfDone(conn)
    else if (this.isNeededElsewhere(conn)) this.retire(conn, 'evicted')
    else {
      this.serve(conn)
      if (conn.leases === 0 && conn.isOpen) this.putIdle(conn, hintMs)
    }
  }

  /** Nobody wants it here, or somebody has been held back too long while others hand over. */
  private isNeededElsewhere(conn: ModelConn): boolean {
    if (this.lineOf(conn.key).length === 0) return conn.leases === 0 && this.isAnyoneHeldBack
    return this.hasRoom(conn) && this.isClaimedFrom(conn.key)
  }

  /** Room that has come otherwise than by a release: it may have broken or aged since. */
  protected offer(conn: ModelConn): void {
    if (this.lineOf(conn.key).length === 0 || !this.hasRoom(conn)) return
    const reason = this.unfitToLend(conn)
    if (reason === undefined) this.serve(conn)
    else this.retire(conn, reason)
  }

  protected serve(conn: ModelConn): void {
    for (const want of this.lineOf(conn.key)) if (this.hasRoom(conn)) this.deliver(want, conn)
  }

  private putIdle(conn: ModelConn, hintMs: number | undefined): void {
    const { maxIdle, maxIdlePerKey, idleTimeoutMs } = this.limits
    if (maxIdlePerKey === 0 || maxIdle === 0) {
      this.retire(conn, maxIdlePerKey === 0 ? 'max-idle-per-key' : 'max-idle')
      return
    }
    conn.idleAt = this.now
    conn.idleUntil = this.now + Math.min(idleTimeoutMs, hintMs ?? Number.POSITIVE_INFINITY)
    this.idle.push(conn)
    const ofKey = this.idle.filter((it) => it.key === conn.key)
    if (ofKey.length > maxIdlePerKey && ofKey[0]) this.retire(ofKey[0], 'max-idle-per-key')
    else if (this.idle.length > maxIdle && this.idle[0]) this.retire(this.idle[0], 'max-idle')
    if (conn.isOpen) this.say(`trace putIdle ${conn.key} ${conn.name}`)
  }

  /** The adapter hears of those that are idle when the step is over. */
  protected tellIdle(): void {
    for (const conn of this.idle.filter((it) => !it.toldIdle)) {
      conn.toldIdle = true
      this.say(`onIdle ${conn.name}`)
    }
  }

  /** No new leases; closed now if it has none, else when the last one ends. */
  protected retire(conn: ModelConn, reason: CloseReason, error?: string): void {
    this.idle = this.idle.filter((it) => it !== conn)
    conn.retired ??= { reason, error }
    this.closeIfDone(conn)
  }

  private closeIfDone(conn: ModelConn): void {
    const { retired } = conn
    if (retired !== undefined && conn.leases === 0) {
      this.closeNow(conn, retired.reason, retired.error)
    }
  }

  protected closeNow(conn: ModelConn, reason: CloseReason, error: string | undefined): void {
    const first = conn.retired ?? { reason, error }
    this.bookClosed(conn, first.reason, first.error ?? error)
    this.say(`close ${conn.name} ${first.reason}`)
  }

  protected bookClosed(conn: ModelConn, reason: CloseReason, error: string | undefined): void {
    this.forget(conn)
    this.totals.closed[reason]++
    const what = error === undefined ? reason : `${reason} ${error}`
    this.say(`trace connClosed ${conn.key} ${conn.name} ${what}`)
  }

  protected forget(conn: ModelConn): void {
    conn.isOpen = false
    this.conns = this.conns.filter((it) => it !== conn)
    this.idle = this.idle.filter((it) => it !== conn)
  }
}
