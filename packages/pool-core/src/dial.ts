import { type Adapter, closeConn } from './adapter.ts'
import { rethrowLater } from './call-queue.ts'
import { DeadEnd, DialLink, type LinkEnd } from './dial-link.ts'
import type { Engine } from './engine.ts'
import type { KeyState } from './key-state.ts'
import { wrongType } from './options.ts'
import type { DueLinks, Timed } from './timing-wheel.ts'
import type { WantConn } from './want-conn.ts'

/**
 * One dial: from the permission to open a connection until it settles or is aborted, whichever
 * comes first. What the adapter brings after that is closed and in no book.
 *
 * It is not aborted with its want: that caller has its answer already, and the connection being
 * dialed may be just what the next want is looking for.
 */
export class Dial<Target, Conn extends object> implements Timed, LinkEnd {
  readonly startedAt: number
  readonly link: DialLink
  /** Undefined once it is over. */
  state: KeyState<Target, Conn> | undefined
  /** Its own want, while that waits. */
  want: WantConn<Target, Conn> | undefined
  /** It has taken longer than `hedgeMs`. */
  slow = false
  /** What the adapter has said of the connection so far. */
  capacity = 1
  reported: Error | undefined = undefined
  dueAt = 0
  prevDue: DueLinks | undefined = undefined
  nextDue: DueLinks | undefined = undefined
  /** Undefined once it is over: an adapter's promise that never settles keeps no pool. */
  #engine: Engine<Target, Conn> | undefined
  readonly #adapter: Adapter<Target, Conn>
  /** It was begun for a want, not to warm. */
  readonly #isForWant: boolean
  #controller: AbortController | undefined = undefined
  #spoilt = false
  #isLost = false
  #deadEnd: DeadEnd | undefined = undefined
  #target: Target | undefined

  constructor(
    state: KeyState<Target, Conn>,
    target: Target,
    want: WantConn<Target, Conn> | undefined,
    startedAt: number,
  ) {
    this.#engine = state.engine
    this.#adapter = state.engine.adapter
    this.state = state
    this.#target = target
    this.want = want
    this.#isForWant = want !== undefined
    this.startedAt = startedAt
    this.link = new DialLink(this)
  }

  /** As far as the adapter has said. */
  get isUsable(): boolean {
    return !this.#spoilt && this.capacity > 0
  }

  /** Whether it was begun for a want, which may have found another connection since, or given up. */
  isSurplusWithout(want: WantConn<Target, Conn> | undefined): boolean {
    return this.#isForWant && want === undefined
  }

  /** Calls the adapter, unless the dial is over already. */
  run(): void {
    const target = this.#target as Target
    this.#target = undefined
    if (this.state === undefined) return
    let dialed: PromiseLike<Conn>
    try {
      dialed = this.#adapter.dial(target, this.link)
      if (typeof dialed?.then !== 'function') {
        throw wrongType('what adapter.dial() returns', 'a promise of a connection', dialed)
      }
    } catch (error) {
      dialed = Promise.reject(error)
    }
    Promise.resolve(dialed).then(
      (conn) => this.#brought(conn),
      (error) => this.#engine?.dialer.failed(this, error),
    )
  }

  /** It has settled or was aborted. What comes now is nobody's. */
  end(): void {
    this.state = undefined
    this.#engine = undefined
  }

  /** Made when it is first asked for. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }

  /** The pool has no more use for it. */
  abort(reason: unknown): void {
    this.#controller ??= new AbortController()
    this.cut()
    // Until an error's stack is read, V8 keeps with it what its calls were made on: the whole pool.
    if (reason instanceof Error) void reason.stack
    this.#controller.abort(reason)
  }

  /** It is over: what the adapter reports now interests nobody. */
  cut(): void {
    if (this.#deadEnd !== undefined) return
    this.#deadEnd = new DeadEnd(this.signal, this.#isLost)
    this.link.handTo(this.#deadEnd)
  }

  #brought(conn: Conn): void {
    if (this.#engine !== undefined) this.#engine.dialer.brought(this, conn)
    else if (isObject(conn)) this.refuse(conn)
  }

  /** Closes a connection that is in no book, unless it is gone already. */
  refuse(conn: Conn): void {
    if (this.#deadEnd?.isLost) return
    try {
      closeConn(this.#adapter, conn, 'dial-unwanted')
    } catch (error) {
      rethrowLater(error)
    }
  }

  /** Its own want has found a connection elsewhere, or given up. */
  loseWant(): void {
    if (this.want === undefined) return
    this.want = undefined
    if (this.state === undefined) return
    this.state.owned--
    if (this.slow) this.state.slowOwned--
  }

  onDue(now: number): void {
    this.#engine?.dialer.look(this, now)
  }

  closed(error?: Error): void {
    this.#isLost = true
    this.#spoil(error)
  }

  drain(): void {
    this.#spoil(undefined)
  }

  setCapacity(capacity: number): void {
    this.capacity = capacity
  }

  #spoil(error: Error | undefined): void {
    this.#spoilt = true
    this.reported ??= error
  }
}

/** Whether an adapter's dial has brought something that can be a connection. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
