import type { Lease } from '../../src/lease.ts'
import { Pool } from '../../src/pool.ts'
import type { Want } from '../../src/want-conn.ts'
import { CountedSignal } from './counted-signal.ts'
import { labelOf, scriptError } from './label.ts'
import { ModelPool } from './model-pool.ts'
import type { ModelLease } from './model-state.ts'
import { pick, type Reason, reasonOf, type Scene, type Step, type StepOf } from './script.ts'
import { ScriptAdapter, type ScriptConn, type ScriptDial } from './script-adapter.ts'
import { ScriptClock } from './script-clock.ts'
import { endOf, hooks, howGot, isSame, show } from './spoken.ts'

export interface Caller {
  readonly name: string
  readonly want: Want | undefined
  readonly signal: CountedSignal | undefined
  isSettled: boolean
}

interface Holder {
  readonly lease: Lease<ScriptConn>
  readonly model: ModelLease
}

type EndStep = StepOf<'release' | 'discard' | 'detach'>

/** A real pool and a model side by side: each step of a script is done with both. */
export class Stage {
  readonly clock: ScriptClock
  readonly adapter: ScriptAdapter
  readonly pool: Pool<string, ScriptConn>
  readonly model: ModelPool
  readonly callers: Caller[] = []
  /** What the real pool has let be seen since the last look. */
  events: string[] = []
  readonly faults: string[] = []
  closing: 'not asked' | 'asked' | 'done' = 'not asked'
  /** What `random` says: another for each connection; sixty-fourths, so that ages stay whole. */
  #share = 0
  readonly #warmers: CountedSignal[] = []
  readonly #unmatched = new Map<string, Lease<ScriptConn>>()
  #held: Holder[] = []
  readonly #ended: Holder[] = []

  readonly #acts: { readonly [Name in Step['do']]: (step: StepOf<Name>) => void } = {
    want: (step) => this.#want(step),
    tryAcquire: ({ key }) => this.#tryAcquire(key),
    cancel: ({ nth, reason }) => this.#cancel(pick(this.#cancelable(), nth), reason),
    abort: ({ nth, reason }) => this.#abort(pick(this.#abortable(), nth), reason),
    release: (step) => this.#endLease(step, pick(this.#held, step.nth)),
    discard: (step) => this.#endLease(step, pick(this.#held, step.nth)),
    detach: (step) => this.#endLease(step, pick(this.#held, step.nth)),
    endAgain: ({ nth }) => {
      this.#endLease({ do: 'release', nth, hintMs: undefined }, pick(this.#ended, nth))
    },
    finish: ({ nth, capacity }) => this.#finish(pick(this.dialing, nth), capacity),
    fail: ({ nth }) => this.#fail(pick(this.dialing, nth)),
    throwNext: () => {
      this.adapter.throwsNext = true
    },
    linkClosed: ({ nth, withError }) => this.#linkClosed(pick(this.adapter.dials, nth), withError),
    drain: ({ nth }) => {
      const dial = pick(this.adapter.dials, nth)
      dial?.link.drain()
      this.model.drain(dial?.name)
    },
    setCapacity: ({ nth, capacity }) => this.#tell(pick(this.adapter.dials, nth), capacity),
    break: ({ nth }) => {
      const conn = pick(this.adapter.dials, nth)?.conn
      if (conn !== undefined) conn.broken = true
      this.model.break(conn?.name)
    },
    advance: ({ ms }) => {
      this.clock.advance(ms)
      this.model.advance(ms)
    },
    jump: ({ ms }) => {
      this.clock.jump(ms)
      this.model.jump(ms)
    },
    fireEarly: () => {
      this.clock.fireEarly()
      this.model.advance(0)
    },
    warm: (step) => this.#warm(step),
    stopWarming: ({ nth, reason }) => this.#stopWarming(nth, reason),
    closeIdle: ({ key }) => {
      this.same('closeIdle', this.pool.closeIdle(key), this.model.closeIdle(key))
    },
    close: () => {
      this.closing = 'asked'
      void this.pool.close().then(() => {
        this.closing = 'done'
      })
      this.model.close(undefined, false)
    },
    destroy: ({ withError }) => {
      this.pool.destroy(withError ? scriptError('destroyed') : undefined)
      this.model.close(withError ? 'destroyed' : undefined, true)
    },
  }

  constructor(scene: Scene) {
    const say = (event: string): void => void this.events.push(event)
    const blame = (fault: string): void => void this.faults.push(fault)
    this.clock = new ScriptClock(blame)
    this.adapter = new ScriptAdapter({ say, asked: () => {}, blame }, scene)
    this.pool = new Pool(this.adapter, {
      ...scene.setting,
      clock: this.clock,
      random: () => this.#share,
      trace: hooks((event) => say(`trace ${event}`)),
    })
    this.model = new ModelPool(scene, () => this.#share)
  }

  act(step: Step): void {
    const act = this.#acts[step.do] as (step: Step) => void
    act(step)
  }

  get dialing(): ScriptDial[] {
    return this.adapter.dials.filter((dial) => !dial.isSettled)
  }

  get held(): number {
    return this.#held.length
  }

  /** Throws if the two differ in this. */
  same(what: string, real: unknown, model: unknown): void {
    if (isSame(real, model)) return
    const events = this.events.map((event) => `  ${event}`).join('\n')
    throw new Error(
      `${what}: the pool has\n  ${show(real)}\nthe model has\n  ${show(model)}\nin\n${events}`,
    )
  }

  /** Dials that threw have failed by now. True if there were any. */
  tellThrown(): boolean {
    const name = this.adapter.thrown.shift()
    if (name !== undefined) this.model.failDial(name, `${name} threw`)
    return name !== undefined
  }

  /** Leases that have come since the last look are held from now on. */
  takeLeases(): void {
    for (const [name, lease] of this.#unmatched) {
      const model = this.model.outcomes.get(name)
      if (model !== undefined && 'conn' in model) this.#held.push({ lease, model })
    }
    this.#unmatched.clear()
  }

  /** Ends whatever is held, without looking. */
  letGo(): void {
    for (const lease of this.#unmatched.values()) lease[Symbol.dispose]()
    for (const { lease } of this.#held) lease[Symbol.dispose]()
    this.#unmatched.clear()
    this.#held = []
  }

  #want({ key, form, signal: kind, timeoutMs }: StepOf<'want'>): void {
    const name = `w${this.callers.length + 1}`
    const target = `${key}?${name}`
    const signal = kind === 'none' ? undefined : new CountedSignal()
    if (kind === 'aborted') signal?.abort(scriptError('aborted before'))
    const hasHooks = this.callers.length % 2 === 0
    const trace = hasHooks ? hooks((it) => this.events.push(`trace of ${name} ${it}`)) : undefined
    const options = { signal: signal?.signal, timeoutMs, trace }

    let caller: Caller | undefined
    const settle = (error: unknown, lease?: Lease<ScriptConn>): void => {
      if (caller === undefined) throw new Error(`${name} was settled before want() returned`)
      caller.isSettled = true
      if (lease !== undefined) this.#unmatched.set(name, lease)
      this.events.push(`settle ${name} ${lease === undefined ? labelOf(error) : howGot(lease)}`)
    }
    const want = form === 'callback' ? this.pool.want(target, settle, options) : undefined
    if (form === 'promise') {
      this.pool.acquire(target, options).then((lease) => settle(undefined, lease), settle)
    }
    caller = { name, want, signal, isSettled: false }
    this.callers.push(caller)

    const aborted = kind === 'aborted' ? 'aborted before' : undefined
    this.model.want(name, key, { timeoutMs, hasHooks, aborted })
  }

  #tryAcquire(key: string): void {
    const lease = this.pool.tryAcquire(key)
    const model = this.model.tryAcquire(key)
    this.same('tryAcquire', lease?.conn.name, model?.conn.name)
    if (lease !== undefined && model !== undefined) this.#held.push({ lease, model })
  }

  #cancelable(): Caller[] {
    return this.callers.filter((caller) => caller.want !== undefined)
  }

  #cancel(caller: Caller | undefined, reason: Reason): void {
    if (caller === undefined) return
    const value = reasonOf(reason)
    const label = value === undefined ? 'ERR_POOL_CANCELED' : labelOf(value)
    const wasWaiting = caller.want?.cancel(value)
    this.same(`cancel of ${caller.name}`, wasWaiting, this.model.giveUp(caller.name, label))
  }

  #abortable(): Caller[] {
    return this.callers.filter((caller) => caller.signal?.signal.aborted === false)
  }

  #abort(caller: Caller | undefined, reason: Reason): void {
    if (caller?.signal === undefined) return
    caller.signal.abort(reasonOf(reason))
    this.model.giveUp(caller.name, labelOf(caller.signal.signal.reason))
  }

  #endLease(step: EndStep, holder: Holder | undefined): void {
    if (holder === undefined) return
    const { lease, model } = holder
    const isTaken = step.do === 'detach' && model.conn.isOpen && model.conn.leases === 1
    if (isTaken && !model.hasEnded) lease.conn.over = 'detached'
    const error = step.do === 'discard' && step.withError ? 'discarded by its holder' : undefined
    const end = endOf(() => {
      if (step.do === 'discard') lease.discard(error === undefined ? error : scriptError(error))
      else if (step.do === 'detach') lease.detach()
      else lease.release(step.hintMs === undefined ? step.hintMs : { idleTimeoutMs: step.hintMs })
    })
    this.same(step.do, end, this.#endInModel(step, model, error))
    if (!this.#held.includes(holder) || !model.hasEnded) return
    this.#held = this.#held.filter((it) => it !== holder)
    this.#ended.push(holder)
  }

  #endInModel(step: EndStep, lease: ModelLease, error: string | undefined): string {
    if (step.do === 'discard') return this.model.discard(lease, error)
    return step.do === 'detach' ? this.model.detach(lease) : this.model.release(lease, step.hintMs)
  }

  #finish(dial: ScriptDial | undefined, capacity: number | undefined): void {
    if (dial === undefined) return
    if (capacity !== undefined) this.#tell(dial, capacity)
    this.#share = ((this.adapter.dials.indexOf(dial) * 29) % 64) / 64
    dial.finish()
    this.model.finishDial(dial.name)
  }

  #fail(dial: ScriptDial | undefined): void {
    if (dial === undefined) return
    dial.fail(scriptError(`${dial.name} failed`))
    this.model.failDial(dial.name, `${dial.name} failed`)
  }

  #tell(dial: ScriptDial | undefined, capacity: number): void {
    if (dial === undefined) return
    dial.link.setCapacity(capacity)
    this.model.setCapacity(dial.name, capacity)
  }

  #linkClosed(dial: ScriptDial | undefined, withError: boolean): void {
    if (dial === undefined) return
    dial.isLost = true
    if (dial.conn !== undefined) dial.conn.over ??= 'closed by its peer'
    const error = withError ? `${dial.name} reset` : undefined
    dial.link.closed(error === undefined ? error : scriptError(error))
    this.model.linkClosed(dial.name, error)
  }

  #warm({ key, count }: StepOf<'warm'>): void {
    const { maxPerKey, maxTotal, reuse } = this.model.limits
    if (!reuse || count > Math.min(maxPerKey, maxTotal)) return
    // Which of two keys warms first when places are few is not laid down.
    if (maxTotal !== Number.POSITIVE_INFINITY && this.model.isWarming) return
    const name = `${this.#warmers.length + 1}`
    const signal = new CountedSignal()
    this.#warmers.push(signal)
    this.pool.warm(`${key}?warm`, count, { signal: signal.signal }).then(
      () => this.#warmed(name, signal, 'done'),
      (error) => this.#warmed(name, signal, labelOf(error)),
    )
    this.model.warm(name, key, count)
  }

  #warmed(name: string, signal: CountedSignal, outcome: string): void {
    this.events.push(`warm ${name} ${outcome}`)
    if (signal.listeners > 0) this.events.push(`warm ${name} still listens to its signal`)
  }

  #stopWarming(nth: number, reason: Reason): void {
    const signal = pick(this.#warmers, nth)
    if (signal === undefined || signal.signal.aborted) return
    signal.abort(reasonOf(reason))
    const name = `${this.#warmers.indexOf(signal) + 1}`
    this.model.stopWarming(name, labelOf(signal.signal.reason))
  }
}
