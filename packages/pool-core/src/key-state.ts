import type { Dial } from './dial.ts'
import type { Engine } from './engine.ts'
import { LinkedList } from './linked-list.ts'
import type { PooledConn } from './pooled-conn.ts'
import { RoomList } from './room-list.ts'
import type { KeyStats } from './stats.ts'
import { WantConnQueue } from './want-conn-queue.ts'
import type { Warmup } from './warmup.ts'

/** All that is known of one key. It leaves the pool's map when it is empty. */
export class KeyState<Target, Conn extends object> {
  readonly key: string
  readonly engine: Engine<Target, Conn>
  readonly line: WantConnQueue<Target, Conn> = new WantConnQueue()
  open = 0
  leases = 0
  /** Dials in flight; their number apart, as it is asked for all the time. */
  readonly dials: Set<Dial<Target, Conn>> = new Set()
  dialing = 0
  /** Dials whose own want still waits. */
  owned = 0
  /** Dials that have taken longer than `hedgeMs`, and those of them whose own want still waits. */
  slow = 0
  slowOwned = 0
  /** The room that a dial will probably bring: what the adapter said, then what a connection has told. */
  expected: number
  /** The last dial error, and the number that the next want would have had then. */
  dialError: { readonly error: unknown; readonly before: number } | undefined = undefined
  warmups: Set<Warmup<Target, Conn>> | undefined = undefined
  /** In the engine's list of keys to look at when the transition is over. */
  touched = false
  nextTouched: KeyState<Target, Conn> | undefined = undefined
  /** It was empty and has left the pool's map: its key may have a new state by now. */
  isDropped = false
  readonly #idle = new LinkedList<PooledConn<Target, Conn>>()
  #room: RoomList<Target, Conn> | undefined = undefined

  constructor(engine: Engine<Target, Conn>, key: string, expected: number) {
    this.engine = engine
    this.key = key
    this.expected = expected
  }

  get isEmpty(): boolean {
    return (
      this.open === 0 &&
      this.dialing === 0 &&
      this.line.size === 0 &&
      (this.warmups === undefined || this.warmups.size === 0)
    )
  }

  /** Connections without a lease. */
  get idle(): number {
    return this.#idle.size
  }

  /** What counts against `maxPerKey`. */
  get places(): number {
    return this.open + this.dialing
  }

  /**
   * Whether more wants wait than the dials in flight have room for.
   *
   * Where a connection carries one lease, each want has its own dial, as in Go; a dial whose want
   * was settled otherwise is nobody's. Where it carries more, a dial brings room for whoever waits;
   * but one that is slow holds nobody back, and counts for its own want alone.
   */
  get lacksDial(): boolean {
    return this.line.size > this.#roomToCome
  }

  get #roomToCome(): number {
    if (this.expected === 1) return this.owned
    const prompt = this.dialing - this.slow
    return (prompt === 0 ? 0 : prompt * this.expected) + this.slowOwned
  }

  /**
   * The connection that the next want should have. An idle shareable one carries the least of all;
   * an idle exclusive one is kept for when no other has room.
   */
  next(order: 'lifo' | 'fifo'): PooledConn<Target, Conn> | undefined {
    const idle = order === 'lifo' ? this.#idle.last : this.#idle.first
    return this.#room === undefined && idle?.capacity !== 0 ? idle : this.#nextOfAll(order)
  }

  /** The idle connection that goes when there are too many. */
  get coldest(): PooledConn<Target, Conn> | undefined {
    return this.#idle.first
  }

  /** Puts an open connection that is not full where its leases say. */
  shelve(conn: PooledConn<Target, Conn>): void {
    if (conn.leases === 0) {
      this.#idle.push(conn)
      conn.shelf = this.#idle
    } else {
      this.#room ??= new RoomList()
      this.#room.push(conn)
      conn.shelf = this.#room
    }
  }

  /** Before its leases or its capacity change. */
  unshelve(conn: PooledConn<Target, Conn>): void {
    if (conn.shelf === undefined) return
    conn.shelf.remove(conn)
    conn.shelf = undefined
  }

  #nextOfAll(order: 'lifo' | 'fifo'): PooledConn<Target, Conn> | undefined {
    const idle = order === 'lifo' ? this.#warmest() : this.#coolest()
    if (this.#room === undefined || (idle !== undefined && idle.capacity > 1)) return idle
    return this.#room.leastLoaded ?? idle
  }

  // Paused ones keep their place among the idle, and are passed over.

  #warmest(): PooledConn<Target, Conn> | undefined {
    let conn = this.#idle.last
    while (conn?.capacity === 0) conn = conn.prev
    return conn
  }

  #coolest(): PooledConn<Target, Conn> | undefined {
    let conn = this.#idle.first
    while (conn?.capacity === 0) conn = conn.next
    return conn
  }

  stats(): KeyStats {
    return Object.freeze({
      open: this.open,
      idle: this.idle,
      leased: this.open - this.idle,
      leases: this.leases,
      dialing: this.dialing,
      waiting: this.line.size,
      keys: 1,
    })
  }
}
