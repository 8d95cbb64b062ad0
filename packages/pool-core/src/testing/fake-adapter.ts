import type { Adapter, Link } from '../adapter.ts'
import type { CloseReason } from '../close-reason.ts'
import { wrongType } from '../options.ts'

let conns = 0

/** A connection of {@link FakeAdapter}; everything that can happen to one, a test does by hand. */
export class FakeConn {
  /** For messages: `conn1 of a`. */
  readonly name: string
  readonly key: string
  /** Why the pool closed it; undefined while it has not. */
  closedFor: CloseReason | undefined = undefined
  /** What `adapter.isBroken` answers. */
  broken = false
  /** Between `onIdle` and `onLease`. */
  toldIdle = false
  readonly #link: Link

  constructor(key: string, link: Link) {
    this.name = `conn${++conns} of ${key}`
    this.key = key
    this.#link = link
  }

  /** Its peer closes it. The pool knows at once, and does not call `close` for it. */
  die(error?: Error): void {
    this.#link.closed(error)
  }

  /** Its peer wants no further work: it gets no new leases, and is closed when it has none. */
  drain(): void {
    this.#link.drain()
  }

  /** How many leases it may carry from now on; 0 pauses it. Throws `RangeError` for what is no count. */
  setCapacity(capacity: number): void {
    this.#link.setCapacity(capacity)
  }
}

/** A dial of {@link FakeAdapter}, which ends when the test says so. */
export class FakeDial {
  readonly key: string
  readonly link: Link
  /** `finish` or `fail` was called. */
  settled = false
  readonly #resolve: (conn: FakeConn) => void
  readonly #reject: (error: unknown) => void

  constructor(
    key: string,
    link: Link,
    resolve: (conn: FakeConn) => void,
    reject: (error: unknown) => void,
  ) {
    this.key = key
    this.link = link
    this.#resolve = resolve
    this.#reject = reject
  }

  /** The pool has no more use for it. */
  get aborted(): boolean {
    return this.link.signal.aborted
  }

  /** It succeeds, with a connection of its own. Throws if the dial has settled before. */
  finish(): FakeConn
  /**
   * It succeeds with a connection of yours, made with this dial's `key` and `link`. The pool learns it
   * when the microtasks have run; after an abort, it closes it. Throws if the dial has settled before.
   */
  finish<Conn extends FakeConn>(conn: Conn): Conn
  finish(conn: FakeConn = new FakeConn(this.key, this.link)): FakeConn {
    if (!(conn instanceof FakeConn)) throw wrongType('finish() conn', 'a FakeConn', conn)
    this.#settle()
    this.#resolve(conn)
    return conn
  }

  /** It fails. The pool learns it when the microtasks have run. Throws if the dial has settled before. */
  fail(error: unknown = new Error(`dial of ${this.key} failed`)): void {
    this.#settle()
    this.#reject(error)
  }

  #settle(): void {
    if (this.settled) throw new Error(`this dial of ${this.key} has settled before`)
    this.settled = true
  }
}

/**
 * An adapter whose dials end when a test says so, and whose connections do what it says. Targets
 * are strings: the part before a `?` is the key, so that different targets can share one.
 *
 * It holds the pool to the contract: closing a connection twice, or calling `onIdle` and `onLease` out
 * of turn, throws.
 */
export class FakeAdapter implements Adapter<string, FakeConn> {
  /** All dials in the order in which they began. */
  readonly dials: FakeDial[] = []
  /** What `expectedCapacity` answers; 1 unless set. */
  capacity = 1

  key(target: string): string {
    if (typeof target !== 'string') throw wrongType('a target of FakeAdapter', 'a string', target)
    return target.split('?', 1)[0] ?? ''
  }

  dial(target: string, link: Link): Promise<FakeConn> {
    return new Promise((resolve, reject) => {
      this.dials.push(new FakeDial(this.key(target), link, resolve, reject))
    })
  }

  close(conn: FakeConn, reason: CloseReason): void {
    if (conn.closedFor !== undefined) {
      throw new Error(`${conn.name} was closed twice: ${conn.closedFor}, then ${reason}`)
    }
    conn.closedFor = reason
  }

  isBroken(conn: FakeConn): boolean {
    return conn.broken
  }

  onIdle(conn: FakeConn): void {
    if (conn.toldIdle) throw new Error(`${conn.name} was told twice that it is idle`)
    conn.toldIdle = true
  }

  onLease(conn: FakeConn): void {
    if (!conn.toldIdle) throw new Error(`${conn.name} was told that it is used, and was not idle`)
    conn.toldIdle = false
  }

  expectedCapacity(): number {
    return this.capacity
  }
}
