import type { Link } from '../../adapter.ts'
import { faultOf } from './fault.ts'
import type { Witness } from './witness.ts'

/** How a connection ended, for the world: the pool must not touch it any more. */
export type Over = 'closed' | 'lost' | 'detached'

/** A connection of a {@link ScriptedDial}, whose number it has. */
export class ScriptedConn {
  readonly number: number
  readonly key: string
  readonly dial: ScriptedDial
  /** Leases that callers hold on it. */
  leases = 0
  /** Leases that callers have had on it. */
  uses = 0
  over: Over | undefined = undefined
  broken = false
  /** `discard` was called on one of its leases. */
  discarded = false
  toldIdle = false
  idleSince = 0
  /** The turns in which it ended, began to drain, broke: what was decided before is still right. */
  overIn: number = Number.POSITIVE_INFINITY
  spoiltIn: number = Number.POSITIVE_INFINITY

  constructor(dial: ScriptedDial) {
    this.number = dial.number
    this.key = dial.key
    this.dial = dial
  }
}

/** A dial, and later the link of its connection. */
export class ScriptedDial {
  readonly number: number
  readonly key: string
  readonly link: Link
  readonly startedAt: number
  readonly promise: Promise<ScriptedConn>
  conn: ScriptedConn | undefined = undefined
  isSettled: boolean = false
  /** What the link was told. */
  isLost: boolean = false
  isDrained: boolean = false
  capacity = 1
  /** The most it has carried room for in this turn. */
  capacityLately = 1
  /** For whoever draws the script: when it ends by itself. */
  endsAt: number = Number.POSITIVE_INFINITY
  #signal: AbortSignal | undefined = undefined
  #resolve: (conn: ScriptedConn) => void = () => {}
  #reject: (error: unknown) => void = () => {}

  constructor(number: number, key: string, link: Link, startedAt: number, witness: Witness) {
    this.number = number
    this.key = key
    this.link = link
    this.startedAt = startedAt
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    watchReactions(this.promise, witness)
  }

  /** Asked for when somebody wants to know: a host's signals cost more than the rest of a dial. */
  get isAborted(): boolean {
    this.#signal ??= this.link.signal
    return this.#signal.aborted
  }

  setCapacity(capacity: number): void {
    this.capacity = capacity
    this.capacityLately = Math.max(this.capacityLately, capacity)
  }

  finish(conn: ScriptedConn): void {
    this.isSettled = true
    this.conn = conn
    this.#resolve(conn)
  }

  fail(error: unknown): void {
    this.isSettled = true
    this.#reject(error)
  }
}

/** What the pool throws when it hears of a dial's end is a fault here, and not an unhandled rejection. */
function watchReactions(promise: Promise<ScriptedConn>, witness: Witness): void {
  type React = ((value: never) => unknown) | null | undefined
  const watched = (react: React): React => {
    if (typeof react !== 'function') return react
    return (value) => {
      try {
        return react(value)
      } catch (error) {
        witness.blame(faultOf(error))
        return undefined
      }
    }
  }
  const then = promise.then.bind(promise) as (ok: React, failed: React) => Promise<unknown>
  const own = (ok: React, failed: React): Promise<unknown> => then(watched(ok), watched(failed))
  // biome-ignore lint/suspicious/noThenProperty: it is a promise, and awaiting it is the point
  promise.then = own as typeof promise.then
}
