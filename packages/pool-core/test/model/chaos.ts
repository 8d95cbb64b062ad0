import type { Lease } from '../../src/lease.ts'
import { Pool } from '../../src/pool.ts'
import { checkInvariants } from '../../src/testing/index.ts'
import type { Want } from '../../src/want-conn.ts'
import { CountedSignal } from './counted-signal.ts'
import { scriptError } from './label.ts'
import { draws, pick, reasonOf, type Scene, type Step, type StepOf } from './script.ts'
import { ScriptAdapter, type ScriptConn, type ScriptDial } from './script-adapter.ts'
import { ScriptClock } from './script-clock.ts'
import { endOf, hooks } from './spoken.ts'

const TURNS = 12
// Deeper than any path through the pool that a callback could take by itself.
const DEEPEST = 4

interface Caller {
  readonly signal: CountedSignal
  want: Want | undefined
  answers: number
}

/**
 * Plays a script with a real pool, and other steps from inside its callbacks: every hook, every
 * method of the adapter, every answer, every abort. What is to come out of that is not predicted,
 * but whatever happens, the pool's invariants hold, every caller gets one answer, no callback
 * is told of what cannot be, nobody waits for nothing, and in the end there is nothing left.
 */
export class Chaos {
  readonly #clock: ScriptClock
  readonly #adapter: ScriptAdapter
  readonly #pool: Pool<string, ScriptConn>
  readonly #inside: (Step | undefined)[]
  readonly #faults: string[] = []
  readonly #callers: Caller[] = []
  readonly #told = new Map<string, number>()
  #held: Lease<ScriptConn>[] = []
  readonly #ended: Lease<ScriptConn>[] = []
  #depth = 0

  readonly #acts: { readonly [Name in Step['do']]: (step: StepOf<Name>) => void } = {
    want: (step) => this.#want(step),
    tryAcquire: ({ key }) => {
      const wasClosed = this.#isClosed
      const outer = this.#asking
      const asking = { hasCalled: false, isClosedSo: false }
      this.#asking = asking
      const lease = this.#pool.tryAcquire(key)
      this.#asking = outer
      if (lease === undefined) return
      if (wasClosed || asking.isClosedSo) {
        this.#blame('tryAcquire() of a closed pool returned a lease')
      }
      this.#take(lease)
    },
    cancel: ({ nth, reason }) => void pick(this.#callers, nth)?.want?.cancel(reasonOf(reason)),
    abort: ({ nth, reason }) => pick(this.#callers, nth)?.signal.abort(reasonOf(reason)),
    release: ({ nth, hintMs }) => {
      const hint = hintMs === undefined ? undefined : { idleTimeoutMs: hintMs }
      this.#end(nth, (lease) => lease.release(hint))
    },
    discard: ({ nth, withError }) => {
      this.#end(nth, (lease) => lease.discard(withError ? scriptError('discarded') : undefined))
    },
    detach: ({ nth }) => this.#detach(nth),
    endAgain: ({ nth }) => {
      const lease = pick(this.#ended, nth)
      if (lease !== undefined && endOf(() => lease.release()) !== 'finished') {
        this.#blame('a lease ended twice')
      }
    },
    finish: ({ nth, capacity }) => {
      const dial = pick(this.#dialing, nth)
      if (capacity !== undefined) dial?.link.setCapacity(capacity)
      dial?.finish()
    },
    fail: ({ nth }) => pick(this.#dialing, nth)?.fail(scriptError('failed')),
    throwNext: () => {
      this.#adapter.throwsNext = true
    },
    linkClosed: ({ nth, withError }) => {
      const dial = pick(this.#adapter.dials, nth)
      if (dial === undefined) return
      dial.isLost = true
      dial.link.closed(withError ? scriptError('reset') : undefined)
      if (dial.conn !== undefined) this.#isOver(dial.conn, 'closed by its peer')
    },
    drain: ({ nth }) => pick(this.#adapter.dials, nth)?.link.drain(),
    setCapacity: ({ nth, capacity }) => {
      pick(this.#adapter.dials, nth)?.link.setCapacity(capacity)
    },
    break: ({ nth }) => {
      const conn = pick(this.#adapter.dials, nth)?.conn
      if (conn !== undefined) conn.broken = true
    },
    advance: ({ ms }) => this.#clock.advance(ms),
    // Every other one goes back.
    jump: ({ ms }) => this.#clock.jump(this.#callers.length % 2 === 0 ? ms : -ms),
    fireEarly: () => this.#clock.fireEarly(),
    warm: ({ key, count }) => void this.#pool.warm(`${key}?warm`, count).catch(() => {}),
    stopWarming: () => {},
    closeIdle: ({ key }) => void this.#pool.closeIdle(key),
    close: () => {
      this.#isClosed = true
      void this.#pool.close()
    },
    destroy: ({ withError }) => {
      this.#isClosed = true
      this.#pool.destroy(withError ? scriptError('destroyed') : undefined)
    },
  }
  #isClosed = false
  /** The innermost `tryAcquire`: closed while the adapter was asked, before anything was called. */
  #asking = { hasCalled: false, isClosedSo: false }

  constructor(scene: Scene, inside: readonly (Step | undefined)[]) {
    this.#inside = [...inside]
    this.#clock = new ScriptClock((fault) => this.#blame(fault))
    this.#adapter = new ScriptAdapter(
      {
        say: (event) => this.#called(event),
        asked: () => this.#asked(),
        blame: (fault) => this.#blame(fault),
      },
      scene,
    )
    this.#pool = new Pool(this.#adapter, {
      ...scene.setting,
      clock: this.#clock,
      random: draws(),
      trace: hooks((event) => {
        const [hook = ''] = event.split(' ', 1)
        this.#told.set(hook, (this.#told.get(hook) ?? 0) + 1)
        this.#called(event)
      }),
    })
  }

  async play(script: readonly Step[]): Promise<void> {
    for (const [index, step] of script.entries()) {
      this.#act(step)
      await this.#look(`step ${index + 1}, ${JSON.stringify(step)}`)
    }
    await this.#endAll()
  }

  get #dialing(): ScriptDial[] {
    return this.#adapter.dials.filter((dial) => !dial.isSettled)
  }

  #act(step: Step): void {
    const act = this.#acts[step.do] as (step: Step) => void
    act(step)
  }

  #blame(fault: string): void {
    this.#faults.push(fault)
  }

  /** The pool calls out, and its state must be right. */
  #called(event: string): void {
    this.#asking.hasCalled = true
    this.#attempt(event, () => checkInvariants(this.#pool))
    if (/ -\d/.test(event)) this.#blame(`a time below zero: ${event}`)
    this.#react(event)
  }

  /** The pool asks in the middle of its work: only its books must be right. */
  #asked(): void {
    const { totals: t, waiting, dialing, open } = this.#pool.stats()
    const closed = Object.values(t.closed).reduce((sum, count) => sum + count, 0)
    const isRight =
      t.wants === t.got + t.failed + t.canceled + t.timedOut + t.refused + waiting &&
      t.dials === t.opened + t.dialsFailed + dialing &&
      t.opened === open + t.detached + closed
    if (!isRight) this.#blame('the books were wrong when the adapter was asked')
    const wasClosed = this.#isClosed
    const asking = this.#asking
    this.#react('asked')
    if (this.#isClosed && !wasClosed && !asking.hasCalled) asking.isClosedSo = true
  }

  #react(where: string): void {
    if (this.#depth >= DEEPEST) return
    const step = this.#inside.shift()
    if (step === undefined) return
    this.#depth++
    this.#attempt(`${where}: ${JSON.stringify(step)}`, () => this.#act(step))
    this.#depth--
  }

  #attempt(what: string, run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#blame(`${what}: ${error instanceof Error ? error.stack : error}`)
    }
  }

  #want({ key, form, signal: kind, timeoutMs }: StepOf<'want'>): void {
    const caller: Caller = { signal: new CountedSignal(), want: undefined, answers: 0 }
    this.#callers.push(caller)
    if (kind === 'aborted') caller.signal.abort(scriptError('aborted before'))
    let hasReturned = false
    const settle = (_: unknown, lease?: Lease<ScriptConn>): void => {
      if (!hasReturned) this.#blame('a want was settled before want() returned')
      caller.answers++
      if (lease !== undefined) this.#take(lease)
      this.#called('settle')
    }
    let own = ''
    const trace = hooks((event) => {
      const [hook = ''] = event.split(' ', 1)
      if (/gotConn|wantFailed/.test(own)) this.#blame(`${hook} of a want after ${own}`)
      if ((hook === 'getConn') !== (own === '')) this.#blame(`${hook} of a want after ${own}`)
      own += `${hook} `
      this.#called(`own ${event}`)
    })
    const options = { signal: kind === 'none' ? undefined : caller.signal.signal, timeoutMs, trace }
    if (form === 'callback') caller.want = this.#pool.want(`${key}?`, settle, options)
    else this.#pool.acquire(`${key}?`, options).then((lease) => settle(undefined, lease), settle)
    hasReturned = true
  }

  #take(lease: Lease<ScriptConn>): void {
    this.#held.push(lease)
  }

  #end(nth: number, end: (lease: Lease<ScriptConn>) => void): void {
    const lease = pick(this.#held, nth)
    if (lease === undefined) return
    this.#held = this.#held.filter((it) => it !== lease)
    this.#ended.push(lease)
    end(lease)
  }

  #detach(nth: number): void {
    const lease = pick(this.#held, nth)
    if (lease === undefined) return
    this.#held = this.#held.filter((it) => it !== lease)
    if (endOf(() => lease.detach()) === 'shared') {
      this.#held.push(lease)
      return
    }
    this.#isOver(lease.conn, 'detached')
    this.#ended.push(lease)
  }

  /** From the next turn on: what the pool has decided to close already, it may close even so. */
  #isOver(conn: ScriptConn, why: string): void {
    queueMicrotask(() => {
      conn.over ??= why
    })
  }

  async #look(where: string): Promise<void> {
    for (let i = 0; i < TURNS; i++) await undefined
    this.#attempt(where, () => checkInvariants(this.#pool))
    this.#lookAtCounts()
    for (const { want, signal, answers } of this.#callers) {
      if (answers > 1) this.#blame('a caller got two answers')
      if (want?.waiting === (answers === 1))
        this.#blame('a caller with an answer waits, or without one does not')
      if (signal.listeners > (answers === 0 ? 1 : 0)) this.#blame('a listener was left on a signal')
    }
    if (this.#isClosed && this.#clock.pending > 0) this.#blame('a timer is armed in a closed pool')
    if (this.#faults.length > 0) throw new Error(`${where}:\n${this.#faults.join('\n')}`)
  }

  /** Every hook was called as often as the books say that what it tells has happened. */
  #lookAtCounts(): void {
    const { totals, waiting, dialing } = this.#pool.stats()
    const closed = Object.values(totals.closed).reduce((sum, count) => sum + count, 0)
    const expected = {
      getConn: totals.wants,
      gotConn: totals.got,
      wantFailed: totals.wants - totals.got - waiting,
      dialStart: totals.dials,
      dialDone: totals.dials - dialing,
      connClosed: closed,
    }
    for (const [hook, count] of Object.entries(expected)) {
      const told = this.#told.get(hook) ?? 0
      if (told !== count) this.#blame(`${hook} was called ${told} times for ${count}`)
    }
  }

  async #endAll(): Promise<void> {
    this.#act({ do: 'destroy', withError: false })
    await this.#look('destroy')
    for (const dial of this.#dialing) dial.finish()
    await this.#look('late dials')
    for (const lease of [...this.#held]) this.#attempt('the last release', () => lease.release())
    let isOver = false
    void this.#pool.close().then(() => {
      isOver = true
    })
    await this.#look('the end')
    if (!isOver) this.#blame('close() does not resolve')
    const { totals, ...left } = this.#pool.stats()
    if (Object.values(left).some((count) => count !== 0)) this.#blame(JSON.stringify(left))
    if ([...this.#pool.keys()].length > 0) this.#blame('a key was left')
    if (this.#clock.pending > 0) this.#blame('a timer was left')
    if (this.#callers.some(({ answers }) => answers !== 1)) this.#blame('a caller got no answer')
    for (const { conn } of this.#adapter.dials) {
      if (conn !== undefined && conn.over === undefined) this.#blame(`${conn.name} was left open`)
    }
    if (this.#faults.length > 0) throw new Error(`in the end:\n${this.#faults.join('\n')}`)
  }
}
