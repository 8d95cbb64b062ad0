import type { AcquireOptions } from '../../options.ts'
import { Caller } from './caller.ts'
import { NOTHING } from './nothing.ts'
import type { Scene } from './scene.ts'
import type { ScriptedConn } from './scripted-dial.ts'
import { ScriptedSignal } from './scripted-signal.ts'
import { type DeedOf, pick } from './step.ts'

// Made once: most of what an error costs is its stack.
const aborted = new Error('the caller gave up')

/** What callers do: they want, give up, and end their leases. Each says its caller's number. */
export class CallerDeeds {
  /** How many callers there have been. */
  stated = 0
  readonly #scene: Scene

  constructor(scene: Scene) {
    this.#scene = scene
  }

  want({ key, form, timeoutMs, abortable }: DeedOf<'want'>): number {
    const { clock, settings, witness, pool } = this.#scene
    const signal = abortable ? new ScriptedSignal() : undefined
    const deadline = clock.now() + (timeoutMs ?? settings.acquireTimeoutMs)
    const caller = new Caller(++this.stated, key, form, signal, deadline)
    this.#scene.witness.begins('want', caller.number, 0)
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

  tryAcquire({ key }: DeedOf<'tryAcquire'>): number {
    const caller = new Caller(++this.stated, key, 'tryAcquire')
    this.#scene.witness.begins('tryAcquire', caller.number, 0)
    const lease = this.#scene.pool.tryAcquire(key)
    // Even without one it may have closed what it found unfit.
    if (lease !== undefined) this.#scene.witness.leased(caller, lease)
    return caller.number
  }

  cancel({ nth }: DeedOf<'cancel'>): number {
    const caller = pick(this.#scene.witness.cancelable, nth)
    if (caller?.want === undefined) return NOTHING
    this.#scene.witness.begins('cancel', caller.number, 0)
    const wasWaiting = caller.want.waiting
    const hasEffect = caller.want.cancel()
    if (hasEffect !== wasWaiting || (hasEffect && !caller.isAnswered)) {
      const message = `O1 cancel() of ${caller.name} returned ${hasEffect}, and it was ${wasWaiting ? '' : 'not '}waiting`
      this.#scene.witness.blame({ rule: 'O1', message, proof: `${caller.name}.want.waiting` })
    }
    return caller.number
  }

  abort({ nth }: DeedOf<'abort'>): number {
    const caller = pick(this.#scene.witness.abortable, nth)
    if (caller?.signal === undefined) return NOTHING
    this.#scene.witness.begins('abort', caller.number, 0)
    caller.signal.abort(aborted)
    return caller.number
  }

  end(deed: DeedOf<'release' | 'discard'>): number {
    const caller = pick(this.#scene.witness.holders, deed.nth)
    const lease = caller?.lease
    if (caller === undefined || lease === undefined) return NOTHING
    this.#scene.witness.begins(deed.do, caller.number, 0)
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

  detach({ nth }: DeedOf<'detach'>): number {
    const caller = pick(this.#scene.witness.holders, nth)
    const lease = caller?.lease
    if (caller === undefined || lease === undefined) return NOTHING
    const { conn } = lease
    // Somebody may have another lease on it by now and not know it yet.
    if (conn.leases > 1 || !this.#scene.witness.isAtRest) return NOTHING
    this.#scene.witness.begins('detach', caller.number, 0)
    this.#scene.witness.ended(caller)
    this.#scene.witness.over(conn, 'detached')
    lease.detach()
    return caller.number
  }
}
