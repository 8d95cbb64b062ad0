import type { Lease } from '../../lease.ts'
import type { Want } from '../../want-conn.ts'
import type { ScriptedConn } from './scripted-dial.ts'
import type { ScriptedSignal } from './scripted-signal.ts'

/** Somebody who wants a connection, and then holds one. */
export class Caller {
  readonly number: number
  readonly key: string
  readonly form: 'callback' | 'promise' | 'tryAcquire'
  readonly signal: ScriptedSignal | undefined
  /** The clock's time by which it must have an answer. */
  readonly deadline: number
  want: Want | undefined = undefined
  lease: Lease<ScriptedConn> | undefined = undefined
  isAnswered = false

  constructor(
    number: number,
    key: string,
    form: Caller['form'],
    signal?: ScriptedSignal | undefined,
    deadline: number = Number.POSITIVE_INFINITY,
  ) {
    this.number = number
    this.key = key
    this.form = form
    this.signal = signal
    this.deadline = deadline
  }

  /** As a play calls what has its lease. */
  get name(): string {
    return this.form === 'callback' ? `w${this.number}` : `lease${this.number}`
  }

  /** An expression of a play: it has no answer. */
  get waitsInPlay(): string {
    return this.form === 'callback' ? `${this.name}.want.waiting` : `${this.name} === undefined`
  }

  /** An expression of a play: it got this connection. */
  gotInPlay(conn: number): string {
    const { name, form } = this
    if (form !== 'callback') return `${name}?.conn === conn${conn}`
    return `!${name}.want.waiting && ${name}.lease.conn === conn${conn}`
  }
}
