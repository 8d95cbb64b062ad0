import type { CloseReason } from '../../close-reason.ts'
import type { Lease } from '../../lease.ts'
import type { Settings } from '../../options.ts'
import type { Caller } from './caller.ts'
import type { EventLog, SimulationEvent } from './event-log.ts'
import type { Fault } from './fault.ts'
import type { Over, ScriptedConn, ScriptedDial } from './scripted-dial.ts'

/** Connections that are gone and whose links still speak; as many callers that have their answer. */
const REMEMBERED = 2

/**
 * Sees a pool from outside only: what its callers get, and what it asks of its adapter. It keeps
 * its own books of that, and blames the pool for what must not be. `rules-at-rest.ts` has the
 * rules that hold between turns; these hold at the moment itself:
 *
 * - **O1** A caller gets one answer, and not before `want()` has returned.
 * - **O2** A connection carries no more leases than it has room for.
 * - **O3** None is handed out that is closed, lost, detached, draining or broken.
 * - **O4** `close` is called once, and not after `detach()` or `link.closed()`.
 * - **O5** No dial begins beyond `maxPerKey` or `maxTotal`, or after the pool's end.
 * - **O6** `onIdle` and `onLease` take turns, and nobody holds an idle connection.
 *
 * What the pool had decided before a report came is right even so, until the turn is over.
 */
export class Witness {
  /** The first one counts: what comes after it may follow from it. */
  fault: Fault | undefined = undefined
  /** How many turns are over. */
  turn = 0
  isEnded = false
  /** What the last step was done to. */
  subject = 0
  /** Nothing is under way in microtasks. */
  isAtRest = true
  /** Callers without an answer. */
  readonly waiting: Caller[] = []
  /** Callers whose want may be canceled, to some effect or none. */
  readonly cancelable: Caller[] = []
  readonly abortable: Caller[] = []
  readonly holders: Caller[] = []
  /** Dials that have not settled, aborted ones too. */
  readonly dials: ScriptedDial[] = []
  readonly conns: ScriptedConn[] = []
  readonly gone: ScriptedConn[] = []
  readonly #settings: Settings<never>
  readonly #log: EventLog

  constructor(settings: Settings<never>, log: EventLog) {
    this.#settings = settings
    this.#log = log
  }

  blame(fault: Fault): void {
    this.fault ??= fault
  }

  /** A step is done now, to something with this number. */
  begins(event: SimulationEvent, subject: number, detail: number): void {
    this.subject = subject
    this.#log.note(event, subject, detail)
  }

  asked(caller: Caller): void {
    this.waiting.push(caller)
    if (caller.form === 'callback') this.cancelable.push(caller)
    if (caller.signal !== undefined) this.abortable.push(caller)
  }

  answered(caller: Caller, error: unknown, lease: Lease<ScriptedConn> | undefined): void {
    if (caller.isAnswered) {
      this.blame({ rule: 'O1', message: `O1 ${caller.name} got a second answer` })
      return
    }
    caller.isAnswered = true
    remove(this.waiting, caller)
    forgetAnswered(this.cancelable)
    if (caller.signal !== undefined) remove(this.abortable, caller)
    if (lease === undefined) this.#log.failed(caller.number, error)
    else this.leased(caller, lease)
  }

  leased(caller: Caller, lease: Lease<ScriptedConn>): void {
    const { conn } = lease
    caller.lease = lease
    this.#log.note('got', caller.number, conn.number)
    this.#checkLease(caller, conn)
    conn.leases++
    conn.uses++
    this.holders.push(caller)
  }

  ended(caller: Caller): void {
    remove(this.holders, caller)
    if (caller.lease !== undefined) caller.lease.conn.leases--
  }

  dialed(dial: ScriptedDial): void {
    this.#log.note('dial', dial.number, 0)
    this.#checkLimits(dial)
    this.dials.push(dial)
  }

  /** A dial has settled. */
  settled(dial: ScriptedDial): void {
    remove(this.dials, dial)
    const { conn } = dial
    if (conn === undefined) return
    if (dial.isLost) this.#forget(conn, 'lost')
    else this.conns.push(conn)
    if (dial.isDrained) conn.spoiltIn = this.turn
  }

  over(conn: ScriptedConn, over: Over): void {
    if (conn.over !== undefined) return
    remove(this.conns, conn)
    this.#forget(conn, over)
  }

  spoilt(conn: ScriptedConn): void {
    conn.spoiltIn = Math.min(conn.spoiltIn, this.turn)
  }

  closed(conn: ScriptedConn, reason: CloseReason): void {
    this.#log.closed(conn.number, reason)
    if (conn.over !== undefined) {
      const message = `O4 conn${conn.number} was closed (${reason}) after it was ${conn.over}`
      const proof =
        conn.over === 'closed' ? undefined : `conn${conn.number}.closedFor !== undefined`
      this.blame({ rule: 'O4', message, proof })
    }
    this.over(conn, 'closed')
  }

  toldIdle(conn: ScriptedConn, isIdle: boolean): void {
    this.#log.note(isIdle ? 'idle' : 'used', conn.number, 0)
    if (conn.toldIdle === isIdle) {
      const message = `O6 conn${conn.number} was told twice that it is ${isIdle ? 'idle' : 'used'}`
      this.blame({ rule: 'O6', message })
    }
    conn.toldIdle = isIdle
  }

  /** All that was under way in microtasks has come to its end. */
  endTurn(): void {
    this.turn++
    this.isAtRest = true
    for (const conn of this.conns) conn.dial.capacityLately = conn.dial.capacity
  }

  /** Fewer dials and connections, as far as the pool can know, than there may be: of a key, or in all. */
  hasLessThan(limit: number, key: string | undefined): boolean {
    // Counted only if it can matter: whether a dial is aborted is dear to know.
    if (this.conns.length + this.dials.length < limit) return true
    let count = 0
    const counts = (dial: ScriptedDial): boolean =>
      (key === undefined || dial.key === key) && !dial.isAborted
    for (const { dial } of this.conns) if (counts(dial)) count++
    for (const dial of this.dials) if (counts(dial)) count++
    return count < limit
  }

  #checkLease(caller: Caller, conn: ScriptedConn): void {
    if (conn.leases >= this.#roomOf(conn)) {
      const message = `O2 ${caller.name} got conn${conn.number}, which carries ${conn.leases} leases already and has room for ${conn.dial.capacity}`
      this.blame({ rule: 'O2', message, proof: caller.gotInPlay(conn.number) })
    }
    if (conn.overIn < this.turn || conn.spoiltIn < this.turn) {
      const unfit = conn.over ?? (conn.broken ? 'broken' : 'to have no new leases')
      const message = `O3 ${caller.name} got conn${conn.number}, which is ${unfit}`
      this.blame({ rule: 'O3', message, proof: caller.gotInPlay(conn.number) })
    }
  }

  #roomOf(conn: ScriptedConn): number {
    const { capacityLately } = conn.dial
    return this.#settings.reuse ? capacityLately : Math.min(capacityLately, 1)
  }

  #checkLimits(dial: ScriptedDial): void {
    const { maxPerKey, maxTotal } = this.#settings
    const mayBegin = this.hasLessThan(maxPerKey, dial.key) && this.hasLessThan(maxTotal, undefined)
    if (mayBegin && !this.isEnded) return
    const limit = this.isEnded
      ? 'the end of the pool'
      : `maxPerKey ${maxPerKey} or maxTotal ${maxTotal}`
    const message = `O5 dial${dial.number} of ${dial.key} began beyond ${limit}`
    this.blame({ rule: 'O5', message, proof: `t.adapter.dials.length >= ${dial.number}` })
  }

  #forget(conn: ScriptedConn, over: Over): void {
    conn.over = over
    conn.overIn = this.turn
    this.gone.push(conn)
    if (this.gone.length > REMEMBERED) this.gone.shift()
  }
}

function remove<T>(from: T[], member: T): void {
  const at = from.indexOf(member)
  if (at >= 0) from.splice(at, 1)
}

/** Keeps a few with an answer: canceling one must do nothing. */
function forgetAnswered(callers: Caller[]): void {
  let answered = 0
  for (let i = callers.length - 1; i >= 0; i--) {
    if (callers[i]?.isAnswered && ++answered > REMEMBERED) callers.splice(i, 1)
  }
}
