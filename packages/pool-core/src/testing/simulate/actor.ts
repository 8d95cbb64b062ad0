import type { AcquireOptions } from '../../options.ts'
import { Caller } from './caller.ts'
import type { EventLog, SimulationEvent } from './event-log.ts'
import type { Scene } from './scene.ts'
import { ScriptedConn, type ScriptedDial } from './scripted-dial.ts'
import { ScriptedSignal } from './scripted-signal.ts'
import { type Deed, type DeedOf, pick } from './step.ts'

/** There was nothing that a deed could be done to. */
export const NOTHING = -1

// Made once: most of what an error costs is its stack.
const failed = new Error('the dial failed')
const aborted = new Error('the caller gave up')

/** Does what a script says: as callers do, as the world behind the adapter does. */
export class Actor {
  /** What the pool's `random` says. */
  share = 0
  /** Calls of `warm` and `close` that are not over. */
  unfinished = 0
  /** The clock was set back, so that ages cannot be told any more. */
  wentBack = false
  /** What the last deed was done to. */
  subject = 0
  readonly #scene: Scene
  readonly #log: EventLog
  /** How many callers there have been. */
  stated = 0
  // Each says what it was done to, by its number: 0 for the pool, NOTHING if there was nothing.
  readonly #acts: { readonly [Name in Deed['do']]: (deed: DeedOf<Name>) => number } = {
    want: (deed) => this.#want(deed),
    tryAcquire: ({ key }) => this.#tryAcquire(key),
    cancel: ({ nth }) => this.#cancel(pick(this.#scene.witness.cancelable, nth)),
    abort: ({ nth }) => this.#abort(pick(this.#scene.witness.abortable, nth)),
    release: (deed) => this.#end(deed, pick(this.#scene.witness.holders, deed.nth)),
    discard: (deed) => this.#end(deed, pick(this.#scene.witness.holders, deed.nth)),
    detach: (deed) => this.#detach(pick(this.#scene.witness.holders, deed.nth)),
    finish: (deed) => this.#finish(pick(this.#scene.witness.dials, deed.nth), deed),
    fail: ({ nth }) => this.#fail(pick(this.#scene.witness.dials, nth)),
    die: (deed) => this.#report(deed, this.#linkOf(deed.nth)),
    drain: (deed) => this.#report(deed, this.#linkOf(deed.nth)),
    capacity: (deed) => this.#report(deed, this.#linkOf(deed.nth)),
    break: ({ nth }) => this.#break(pick(this.#scene.witness.conns, nth)),
    advance: ({ ms }) => {
      this.#begin('advance', 0, ms)
      this.#scene.clock.advance(ms)
      return 0
    },
    jump: ({ ms }) => {
      this.#begin('jump', 0, ms)
      this.wentBack ||= ms < 0
      this.#scene.clock.jump(ms)
      return 0
    },
    warm: ({ key, count }) => {
      this.#begin('warm', 0, count)
      this.#await(this.#scene.pool.warm(key, count))
      return 0
    },
    closeIdle: ({ key }) => {
      this.#begin('closeIdle', 0, 0)
      this.#scene.pool.closeIdle(key)
      return 0
    },
    close: () => {
      this.#begin('close', 0, 0)
      this.#scene.witness.isEnded = true
      this.#await(this.#scene.pool.close())
      return 0
    },
    destroy: () => {
      this.#begin('destroy', 0, 0)
      this.#scene.witness.isEnded = true
      this.#scene.pool.destroy()
      return 0
    },
  }

  constructor(scene: Scene, log: EventLog) {
    this.#scene = scene
    this.#log = log
  }

  act(deed: Deed): number {
    const act = this.#acts[deed.do] as (deed: Deed) => number
    return act(deed)
  }

  /** Says what is done now, and to what. */
  #begin(event: SimulationEvent, subject: number, detail: number): void {
    this.subject = subject
    this.#log.note(event, subject, detail)
  }

  #want({ key, form, timeoutMs, abortable }: DeedOf<'want'>): number {
    const { clock, settings, witness, pool } = this.#scene
    const signal = abortable ? new ScriptedSignal() : undefined
    const deadline = clock.now() + (timeoutMs ?? settings.acquireTimeoutMs)
    const caller = new Caller(++this.stated, key, form, signal, deadline)
    this.#begin('want', caller.number, 0)
    witness.asked(caller)
    const options = { signal: signal as unknown as AbortSignal | undefined, timeoutMs }
    if (form === 'callback') this.#wantInCallback(caller, options)
    else {
      pool.acquire(key, options).then(
        (lease) => witness.answered(caller, undefined, lease),
        (error) => witness.answered(caller, error, undefined),
      )
    }
    return caller.number
  }

  #wantInCallback(caller: Caller, options: AcquireOptions<ScriptedConn>): void {
    const { pool, witness } = this.#scene
    caller.want = pool.want(
      caller.key,
      (error, lease) => {
        if (caller.want === undefined) {
          const message = `O1 ${caller.name} was answered before want() returned`
          witness.blame({ rule: 'O1', message })
        }
        witness.answered(caller, error, lease)
      },
      options,
    )
  }

  #tryAcquire(key: string): number {
    const caller = new Caller(++this.stated, key, 'tryAcquire')
    this.#begin('tryAcquire', caller.number, 0)
    const lease = this.#scene.pool.tryAcquire(key)
    // Even without one it may have closed what it found unfit.
    if (lease !== undefined) this.#scene.witness.leased(caller, lease)
    return caller.number
  }

  #cancel(caller: Caller | undefined): number {
    if (caller?.want === undefined) return NOTHING
    this.#begin('cancel', caller.number, 0)
    const wasWaiting = caller.want.waiting
    const hasEffect = caller.want.cancel()
    if (hasEffect !== wasWaiting || (hasEffect && !caller.isAnswered)) {
      const message = `O1 cancel() of ${caller.name} returned ${hasEffect}, and it was ${wasWaiting ? '' : 'not '}waiting`
      this.#scene.witness.blame({ rule: 'O1', message, proof: `${caller.name}.want.waiting` })
    }
    return caller.number
  }

  #abort(caller: Caller | undefined): number {
    if (caller?.signal === undefined) return NOTHING
    this.#begin('abort', caller.number, 0)
    caller.signal.abort(aborted)
    return caller.number
  }

  #end(deed: DeedOf<'release' | 'discard'>, caller: Caller | undefined): number {
    const lease = caller?.lease
    if (caller === undefined || lease === undefined) return NOTHING
    this.#begin(deed.do, caller.number, 0)
    // Before, as it may be handed straight to somebody else.
    this.#scene.witness.ended(caller)
    if (deed.do === 'discard') {
      lease.conn.discarded = true
      this.#scene.witness.spoilt(lease.conn)
      lease.discard()
    } else if (deed.hintMs === undefined) lease.release()
    else lease.release({ idleTimeoutMs: deed.hintMs })
    return caller.number
  }

  #detach(caller: Caller | undefined): number {
    const lease = caller?.lease
    if (caller === undefined || lease === undefined) return NOTHING
    const { conn } = lease
    // Somebody may have another lease on it by now and not know it yet.
    if (conn.leases > 1 || !this.#scene.witness.isAtRest) return NOTHING
    this.#begin('detach', caller.number, 0)
    this.#scene.witness.ended(caller)
    this.#scene.witness.over(conn, 'detached')
    lease.detach()
    return caller.number
  }

  #finish(dial: ScriptedDial | undefined, { capacity, share }: DeedOf<'finish'>): number {
    if (dial === undefined) return NOTHING
    this.#begin('finish', dial.number, capacity)
    this.share = share ?? 0
    if (capacity !== dial.capacity) this.#tell(dial, capacity)
    dial.finish(new ScriptedConn(dial))
    this.#scene.witness.settled(dial)
    return dial.number
  }

  #fail(dial: ScriptedDial | undefined): number {
    if (dial === undefined) return NOTHING
    this.#begin('fail', dial.number, 0)
    dial.fail(failed)
    this.#scene.witness.settled(dial)
    return dial.number
  }

  #linkOf(nth: number): ScriptedDial | undefined {
    const { dials, conns, gone } = this.#scene.witness
    const all = dials.length + conns.length + gone.length
    const at = nth % all
    if (at < dials.length) return dials[at]
    const conn = at < all - gone.length ? conns[at - dials.length] : gone[all - 1 - at]
    return conn?.dial
  }

  #report(deed: DeedOf<'die' | 'drain' | 'capacity'>, dial: ScriptedDial | undefined): number {
    if (dial === undefined) return NOTHING
    this.#begin(deed.do, dial.number, deed.do === 'capacity' ? deed.capacity : 0)
    if (deed.do === 'capacity') this.#tell(dial, deed.capacity)
    else if (deed.do === 'drain') this.#drain(dial)
    else this.#die(dial)
    return dial.number
  }

  #tell(dial: ScriptedDial, capacity: number): void {
    dial.setCapacity(capacity)
    dial.link.setCapacity(capacity)
  }

  #drain(dial: ScriptedDial): void {
    dial.isDrained = true
    if (dial.conn !== undefined) this.#scene.witness.spoilt(dial.conn)
    dial.link.drain()
  }

  #die(dial: ScriptedDial): void {
    dial.isLost = true
    if (dial.conn !== undefined) this.#scene.witness.over(dial.conn, 'lost')
    dial.link.closed()
  }

  #break(conn: ScriptedConn | undefined): number {
    if (conn === undefined) return NOTHING
    this.#begin('break', conn.number, 0)
    conn.broken = true
    this.#scene.witness.spoilt(conn)
    return conn.number
  }

  #await(promise: Promise<void>): void {
    const over = (): void => {
      this.unfinished--
    }
    this.unfinished++
    promise.then(over, over)
  }
}
