import type { CloseReason } from '../close-reason.ts'
import { isPoolError, type PoolErrorCode } from '../errors.ts'
import type { Lease } from '../lease.ts'
import type { AcquireOptions, PoolOptions } from '../options.ts'
import { Pool } from '../pool.ts'
import type { Want } from '../want-conn.ts'
import { FakeAdapter, type FakeConn, type FakeDial } from './fake-adapter.ts'
import { FakeClock } from './fake-clock.ts'
import { checkInvariants } from './invariants.ts'

// Enough for a dial's result to reach the pool, and from there a caller.
const TURNS = 8

/**
 * A pool to put through a scripted play: the test states wants, is handed every dial, and says
 * how each ends. After each step the pool's invariants are checked. Throws plain errors, so it
 * works under any runner.
 *
 * ```ts
 * const t = new PoolTester({ maxPerKey: 2 })
 * const first = t.get('a')
 * const conn = (await t.wantDial('a')).finish()
 * await first.wantGot(conn)
 * first.release()
 * await t.wantIdle('a', conn)
 * ```
 */
export class PoolTester {
  readonly clock: FakeClock = new FakeClock()
  readonly adapter: FakeAdapter
  readonly pool: Pool<string, FakeConn>
  #dialsSeen = new Set<FakeDial>()

  /** `adapter` may be a subclass that behaves in its own way. */
  constructor(options: PoolOptions<FakeConn> = {}, adapter: FakeAdapter = new FakeAdapter()) {
    this.adapter = adapter
    this.pool = new Pool(adapter, { clock: this.clock, random: () => 0, ...options })
  }

  /** States a want. */
  get(target: string, options?: AcquireOptions<FakeConn>): TesterWant {
    const want = new TesterWant(this, target, options)
    this.check()
    return want
  }

  /** Connects to the target `count` times and leaves the connections idle, the first one coldest. */
  async putIdle(target: string, count = 1): Promise<FakeConn[]> {
    const wants = Array.from({ length: count }, () => this.get(target))
    const conns: FakeConn[] = []
    for (const want of wants) {
      const conn = (await this.wantDial(this.adapter.key(target))).finish()
      await want.wantGot(conn)
      conns.push(conn)
    }
    for (const want of wants) want.release()
    return conns
  }

  /** The next dial of this key that the test has not been handed yet. */
  async wantDial(key: string): Promise<FakeDial> {
    await this.turn()
    const dial = this.adapter.dials.find((it) => it.key === key && !this.#dialsSeen.has(it))
    if (dial === undefined) throw new Error(`no dial of ${key} has begun`)
    this.#dialsSeen.add(dial)
    return dial
  }

  /** No dial has begun that the test has not been handed. */
  async wantNoDial(): Promise<void> {
    await this.turn()
    const dial = this.adapter.dials.find((it) => !this.#dialsSeen.has(it))
    if (dial !== undefined) throw new Error(`a dial of ${dial.key} has begun`)
  }

  /** Each of these connections is idle. */
  async wantIdle(key: string, ...conns: FakeConn[]): Promise<void> {
    await this.turn()
    for (const conn of conns) {
      if (conn.closedFor !== undefined) throw new Error(`${conn.name} is closed: ${conn.closedFor}`)
      if (!conn.toldIdle || conn.key !== key) throw new Error(`${conn.name} is not idle for ${key}`)
    }
  }

  /** The pool has closed this connection, for this reason. */
  async wantClosed(conn: FakeConn, reason: CloseReason): Promise<void> {
    await this.turn()
    if (conn.closedFor === reason) return
    throw new Error(`${conn.name} is ${conn.closedFor ?? 'not'} closed, and not for ${reason}`)
  }

  async wantOpen(...conns: FakeConn[]): Promise<void> {
    await this.turn()
    for (const conn of conns) {
      if (conn.closedFor !== undefined) throw new Error(`${conn.name} is closed: ${conn.closedFor}`)
    }
  }

  advance(ms: number): void {
    this.clock.advance(ms)
    this.check()
  }

  /** Lets what is under way in microtasks come to its end. */
  async turn(): Promise<void> {
    for (let i = 0; i < TURNS; i++) await undefined
    this.check()
  }

  check(): void {
    checkInvariants(this.pool)
    if (this.clock.pending > 1) throw new Error(`${this.clock.pending} timers are armed`)
  }
}

/** A want of a {@link PoolTester}, and then its lease. */
export class TesterWant {
  readonly target: string
  readonly want: Want
  readonly #tester: PoolTester
  #settled: { readonly error: unknown; readonly lease: Lease<FakeConn> | undefined } | undefined

  constructor(tester: PoolTester, target: string, options: AcquireOptions<FakeConn> | undefined) {
    this.#tester = tester
    this.target = target
    let returned = false
    this.want = tester.pool.want(
      target,
      (error, lease) => {
        if (!returned) throw new Error(`a want of ${target} was settled before want() returned`)
        if (this.#settled) throw new Error(`a want of ${target} was settled twice`)
        this.#settled = { error, lease }
      },
      options,
    )
    returned = true
  }

  /** Settled with this connection, or with any. */
  async wantGot(conn?: FakeConn): Promise<Lease<FakeConn>> {
    await this.#tester.turn()
    const { lease } = this
    if (conn !== undefined && lease.conn !== conn) {
      throw new Error(`the want of ${this.target} got ${lease.conn.name}, not ${conn.name}`)
    }
    return lease
  }

  /** Settled with this error: a pool's, by its code, or any other, by identity. */
  async wantFailed(expected: PoolErrorCode | { readonly error: unknown }): Promise<unknown> {
    await this.#tester.turn()
    if (this.#settled === undefined) throw new Error(`the want of ${this.target} still waits`)
    const { error, lease } = this.#settled
    if (lease !== undefined) throw new Error(`the want of ${this.target} got ${lease.conn.name}`)
    const matches =
      typeof expected === 'string' ? isPoolError(error, expected) : error === expected.error
    if (!matches) throw new Error(`the want of ${this.target} failed otherwise`, { cause: error })
    return error
  }

  async wantWaiting(): Promise<void> {
    await this.#tester.turn()
    if (this.#settled !== undefined || !this.want.waiting) {
      throw new Error(`the want of ${this.target} has settled`)
    }
  }

  /** The lease it got; throws if it has none. */
  get lease(): Lease<FakeConn> {
    if (this.#settled === undefined) throw new Error(`the want of ${this.target} still waits`)
    const { error, lease } = this.#settled
    if (lease === undefined) throw new Error(`the want of ${this.target} failed`, { cause: error })
    return lease
  }

  cancel(reason?: unknown): boolean {
    const wasWaiting = this.want.cancel(reason)
    this.#tester.check()
    return wasWaiting
  }

  release(hint?: { idleTimeoutMs?: number }): void {
    this.lease.release(hint)
    this.#tester.check()
  }

  discard(error?: Error): void {
    this.lease.discard(error)
    this.#tester.check()
  }

  detach(): FakeConn {
    const conn = this.lease.detach()
    this.#tester.check()
    return conn
  }
}
