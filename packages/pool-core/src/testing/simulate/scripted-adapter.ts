import type { Adapter, Link } from '../../adapter.ts'
import type { CloseReason } from '../../close-reason.ts'
import type { FakeClock } from '../fake-clock.ts'
import { type ScriptedConn, ScriptedDial } from './scripted-dial.ts'
import type { Witness } from './witness.ts'

/** An adapter whose dials and connections do what a script says. Targets are keys. */
export class ScriptedAdapter implements Adapter<string, ScriptedConn> {
  /** The keys of all dials so far, in the order of their numbers. */
  readonly keysDialed: string[] = []
  /** Told of each dial, for whoever decides how it will end. */
  onDial: ((dial: ScriptedDial) => void) | undefined = undefined
  readonly #witness: Witness
  readonly #clock: FakeClock
  readonly #expected: number

  constructor(witness: Witness, clock: FakeClock, expected: number) {
    this.#witness = witness
    this.#clock = clock
    this.#expected = expected
  }

  key(target: string): string {
    return target
  }

  dial(target: string, link: Link): Promise<ScriptedConn> {
    const dial = new ScriptedDial(
      this.keysDialed.push(target),
      target,
      link,
      this.#clock.now(),
      this.#witness,
    )
    this.#witness.dialed(dial)
    this.onDial?.(dial)
    return dial.promise
  }

  close(conn: ScriptedConn, reason: CloseReason): void {
    this.#witness.closed(conn, reason)
  }

  isBroken(conn: ScriptedConn): boolean {
    return conn.broken
  }

  onIdle(conn: ScriptedConn): void {
    this.#witness.toldIdle(conn, true)
    conn.idleSince = this.#clock.now()
  }

  onLease(conn: ScriptedConn): void {
    this.#witness.toldIdle(conn, false)
  }

  expectedCapacity(): number {
    return this.#expected
  }
}
