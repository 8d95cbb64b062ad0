import type { Adapter, Link } from '../../src/adapter.ts'
import type { CloseReason } from '../../src/close-reason.ts'
import { labelOf, scriptError } from './label.ts'
import type { Scene } from './script.ts'

/** A connection, named after its dial. It knows what the pool may not do with it any more. */
export class ScriptConn {
  readonly name: string
  readonly link: Link
  broken = false
  /** Why the pool may not close it: it has done so, or it was detached, or its peer was first. */
  over: string | undefined = undefined
  toldIdle = false

  constructor(dial: ScriptDial) {
    this.name = dial.name
    this.link = dial.link
  }
}

/** A dial, named after its key and its turn: `a1`, `a2`, `b1`. */
export class ScriptDial {
  readonly name: string
  readonly link: Link
  readonly promise: Promise<ScriptConn>
  conn: ScriptConn | undefined = undefined
  /** `link.closed` was called. */
  isLost = false
  isSettled = false
  #resolve: (conn: ScriptConn) => void = () => {}
  #reject: (error: unknown) => void = () => {}

  constructor(name: string, link: Link) {
    this.name = name
    this.link = link
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  finish(): void {
    this.isSettled = true
    this.conn = new ScriptConn(this)
    if (this.isLost) this.conn.over = 'closed by its peer'
    this.#resolve(this.conn)
  }

  fail(error: unknown): void {
    this.isSettled = true
    this.#reject(error)
  }
}

/** Who hears what the pool does with its adapter. */
export interface Audience {
  say(event: string): void
  /** The pool asks something in the middle of its work. */
  asked(): void
  /** The pool breaks the contract. */
  blame(fault: string): void
}

/** Says what the pool asks of it, and does what the script says. Targets are `key?who`. */
export class ScriptAdapter implements Adapter<string, ScriptConn> {
  readonly dials: ScriptDial[] = []
  /** Dials that have thrown instead of returning a promise, not yet told to the model. */
  thrown: string[] = []
  /** The next dial throws. */
  throwsNext = false
  readonly #audience: Audience
  readonly #expected: number
  readonly #listensToAbort: boolean
  readonly #turns = new Map<string, number>()

  isBroken?: (conn: ScriptConn) => boolean

  constructor(audience: Audience, { expected, listensToAbort, tellsIfBroken }: Scene) {
    this.#audience = audience
    this.#expected = expected
    this.#listensToAbort = listensToAbort
    if (tellsIfBroken) this.isBroken = (conn) => this.#isBroken(conn)
  }

  key(target: string): string {
    return target.split('?', 1)[0] ?? ''
  }

  dial(target: string, link: Link): PromiseLike<ScriptConn> {
    const dial = new ScriptDial(this.#nameFor(this.key(target)), link)
    this.dials.push(dial)
    if (this.#listensToAbort) this.#listenTo(dial)
    const throws = this.throwsNext
    this.throwsNext = false
    if (throws) dial.isSettled = true
    this.#audience.say(`dial ${dial.name} for ${target}`)
    if (throws) {
      this.thrown.push(dial.name)
      throw scriptError(`${dial.name} threw`)
    }
    return dial.promise
  }

  close(conn: ScriptConn, reason: CloseReason): void {
    if (conn.over !== undefined) this.#audience.blame(`close ${conn.name}, which was ${conn.over}`)
    conn.over = `closed for ${reason}`
    this.#audience.say(`close ${conn.name} ${reason}`)
  }

  #isBroken(conn: ScriptConn): boolean {
    this.#audience.asked()
    return conn.broken
  }

  onIdle(conn: ScriptConn): void {
    if (conn.toldIdle) this.#audience.blame(`${conn.name} was told twice that it is idle`)
    conn.toldIdle = true
    this.#audience.say(`onIdle ${conn.name}`)
  }

  onLease(conn: ScriptConn): void {
    if (!conn.toldIdle) this.#audience.blame(`${conn.name} is used again, and was not idle`)
    conn.toldIdle = false
    this.#audience.say(`onLease ${conn.name}`)
  }

  expectedCapacity(): number {
    this.#audience.asked()
    return this.#expected
  }

  #nameFor(key: string): string {
    const turn = (this.#turns.get(key) ?? 0) + 1
    this.#turns.set(key, turn)
    return `${key}${turn}`
  }

  #listenTo({ name, link }: ScriptDial): void {
    link.signal.addEventListener('abort', () => {
      this.#audience.say(`abort ${name} ${labelOf(link.signal.reason)}`)
    })
  }
}
