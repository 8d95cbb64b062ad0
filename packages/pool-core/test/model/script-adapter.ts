import type { Adapter, Link } from '../../src/adapter.ts'
import type { CloseReason } from '../../src/close-reason.ts'
import { labelOf, scriptError } from './label.ts'

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
  conn: ScriptConn | undefined = undefined
  isLost = false
  isSettled = false
  resolve: (conn: ScriptConn) => void = () => {}
  reject: (error: unknown) => void = () => {}

  constructor(name: string, link: Link) {
    this.name = name
    this.link = link
  }

  finish(): ScriptConn {
    this.isSettled = true
    const conn = new ScriptConn(this)
    if (this.isLost) conn.over = 'closed by its peer'
    this.conn = conn
    this.resolve(conn)
    return conn
  }

  fail(error: unknown): void {
    this.isSettled = true
    this.reject(error)
  }
}

/** Says what the pool asks of it, and does what the script says. Targets are `key?who`. */
export class ScriptAdapter implements Adapter<string, ScriptConn> {
  readonly dials: ScriptDial[] = []
  /** Dials that have thrown instead of returning a promise, not yet told to the model. */
  thrown: string[] = []
  /** The next dial throws. */
  throwsNext = false
  readonly #say: (event: string) => void
  readonly #expected: number
  readonly #listensToAbort: boolean
  readonly #turns = new Map<string, number>()

  constructor(say: (event: string) => void, expected: number, listensToAbort: boolean) {
    this.#say = say
    this.#expected = expected
    this.#listensToAbort = listensToAbort
  }

  key(target: string): string {
    return target.split('?', 1)[0] ?? ''
  }

  dial(target: string, link: Link): PromiseLike<ScriptConn> {
    const key = this.key(target)
    const turn = (this.#turns.get(key) ?? 0) + 1
    this.#turns.set(key, turn)
    const dial = new ScriptDial(`${key}${turn}`, link)
    this.dials.push(dial)
    this.#say(`dial ${dial.name} for ${target}`)
    if (this.#listensToAbort) {
      link.signal.addEventListener('abort', () => {
        this.#say(`abort ${dial.name} ${labelOf(link.signal.reason)}`)
      })
    }
    if (this.throwsNext) {
      this.throwsNext = false
      dial.isSettled = true
      this.thrown.push(dial.name)
      throw scriptError(`${dial.name} threw`)
    }
    return new Promise((resolve, reject) => {
      dial.resolve = resolve
      dial.reject = reject
    })
  }

  close(conn: ScriptConn, reason: CloseReason): void {
    if (conn.over !== undefined) throw new Error(`${conn.name} was closed, but was ${conn.over}`)
    conn.over = `closed for ${reason}`
    this.#say(`close ${conn.name} ${reason}`)
  }

  isBroken(conn: ScriptConn): boolean {
    if (conn.over !== undefined) throw new Error(`${conn.name} was asked, but was ${conn.over}`)
    return conn.broken
  }

  onIdle(conn: ScriptConn): void {
    if (conn.toldIdle) throw new Error(`${conn.name} was told twice that it is idle`)
    conn.toldIdle = true
    this.#say(`onIdle ${conn.name}`)
  }

  onLease(conn: ScriptConn): void {
    if (!conn.toldIdle) throw new Error(`${conn.name} was told that it is used, and was not idle`)
    conn.toldIdle = false
    this.#say(`onLease ${conn.name}`)
  }

  expectedCapacity(): number {
    return this.#expected
  }
}
