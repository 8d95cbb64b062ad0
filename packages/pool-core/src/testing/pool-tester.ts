import type { CloseReason } from '../close-reason.ts'
import type { AcquireOptions, PoolOptions } from '../options.ts'
import { Pool } from '../pool.ts'
import { whole } from './check-fields.ts'
import { FakeAdapter, type FakeConn, type FakeDial } from './fake-adapter.ts'
import { FakeClock } from './fake-clock.ts'
import { checkInvariants } from './invariants.ts'
import { TesterWant } from './tester-want.ts'

// Enough for a dial's result to reach the pool, and from there a caller.
const TURNS = 8

/**
 * A pool to put through a scripted play: the test states wants, is handed every dial, and says
 * how each ends. After each step the pool's invariants are checked. Throws plain errors, so it
 * works under any runner.
 *
 * Keys: a target of its `FakeAdapter` has the key before its `?`. Names with `want…` expect
 * something: they let the microtasks run, and reject if it is not so; none of them waits for the
 * clock, which stands still but for {@link PoolTester.advance}.
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
  readonly clock: FakeClock
  readonly adapter: FakeAdapter
  readonly pool: Pool<string, FakeConn>
  #dialsSeen = new Set<FakeDial>()

  /**
   * `adapter` may be a subclass that behaves in its own way. A `clock` among the options that is a
   * `FakeClock` is the one that {@link PoolTester.advance} moves. Throws what `new Pool` does.
   */
  constructor(options: PoolOptions<FakeConn> = {}, adapter: FakeAdapter = new FakeAdapter()) {
    this.clock = options.clock instanceof FakeClock ? options.clock : new FakeClock()
    this.adapter = adapter
    this.pool = new Pool(adapter, { clock: this.clock, random: () => 0, ...options })
  }

  /** States a want. Throws what `pool.want` does. */
  get(target: string, options?: AcquireOptions<FakeConn>): TesterWant {
    const want = new TesterWant(this, target, options)
    this.check()
    return want
  }

  /** Connects to the target `count` times and leaves the connections idle, the first one coldest. */
  async putIdle(target: string, count = 1): Promise<FakeConn[]> {
    whole(1)('putIdle() count', count)
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
    if (dial === undefined) throw new Error(`no dial of ${key} has begun${this.#otherDials()}`)
    this.#dialsSeen.add(dial)
    return dial
  }

  /** No dial has begun that the test has not been handed. */
  async wantNoDial(): Promise<void> {
    await this.turn()
    const dial = this.adapter.dials.find((it) => !this.#dialsSeen.has(it))
    if (dial !== undefined) throw new Error(`a dial of ${dial.key} has begun`)
  }

  /** Each of these connections is idle, of which there must be one at least. */
  async wantIdle(key: string, ...conns: FakeConn[]): Promise<void> {
    checkConns('wantIdle', conns)
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
    const state = conn.closedFor === undefined ? 'not closed' : `closed: ${conn.closedFor}`
    throw new Error(`${conn.name} is ${state}; expected ${reason}`)
  }

  /** The pool has closed none of these connections, of which there must be one at least. */
  async wantOpen(...conns: FakeConn[]): Promise<void> {
    checkConns('wantOpen', conns)
    await this.turn()
    for (const conn of conns) {
      if (conn.closedFor !== undefined) throw new Error(`${conn.name} is closed: ${conn.closedFor}`)
    }
  }

  /** Moves the clock on by so many ms. What follows in promises has not run when it returns. */
  advance(ms: number): void {
    this.clock.advance(ms)
    this.check()
  }

  /** Lets what is under way in microtasks come to its end. */
  async turn(): Promise<void> {
    for (let i = 0; i < TURNS; i++) await undefined
    this.check()
  }

  /** Throws if the pool's state contradicts itself. Done after every step anyway. */
  check(): void {
    checkInvariants(this.pool)
    if (this.clock.pending > 1) throw new Error(`${this.clock.pending} timers are armed`)
  }

  #otherDials(): string {
    const others = this.adapter.dials.filter((it) => !this.#dialsSeen.has(it))
    if (others.length === 0) return ''
    return `, but one of ${[...new Set(others.map(({ key }) => key))].join(', ')}`
  }
}

/** None at all would always be as expected. */
function checkConns(name: string, conns: readonly FakeConn[]): void {
  if (conns.length === 0)
    throw new TypeError(`${name}() expects something of connections: name one`)
}
