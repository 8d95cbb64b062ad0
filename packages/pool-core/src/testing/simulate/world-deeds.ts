import { NOTHING } from './nothing.ts'
import type { Scene } from './scene.ts'
import { ScriptedConn, type ScriptedDial } from './scripted-dial.ts'
import { type DeedOf, pick } from './step.ts'

// Made once: most of what an error costs is its stack.
const failed = new Error('the dial failed')

/** What the world behind the adapter does: dials end, links report. Each says its dial's number. */
export class WorldDeeds {
  /** What the pool's `random` says. */
  share = 0
  readonly #scene: Scene

  constructor(scene: Scene) {
    this.#scene = scene
  }

  finish({ nth, capacity, share }: DeedOf<'finish'>): number {
    const dial = pick(this.#scene.witness.dials, nth)
    if (dial === undefined) return NOTHING
    this.#scene.witness.begins('finish', dial.number, capacity)
    this.share = share ?? 0
    if (capacity !== dial.capacity) this.#tell(dial, capacity)
    dial.finish(new ScriptedConn(dial))
    this.#scene.witness.settled(dial)
    return dial.number
  }

  fail({ nth }: DeedOf<'fail'>): number {
    const dial = pick(this.#scene.witness.dials, nth)
    if (dial === undefined) return NOTHING
    this.#scene.witness.begins('fail', dial.number, 0)
    dial.fail(failed)
    this.#scene.witness.settled(dial)
    return dial.number
  }

  report(deed: DeedOf<'die' | 'drain' | 'capacity'>): number {
    const dial = this.#linkOf(deed.nth)
    if (dial === undefined) return NOTHING
    this.#scene.witness.begins(deed.do, dial.number, deed.do === 'capacity' ? deed.capacity : 0)
    if (deed.do === 'capacity') this.#tell(dial, deed.capacity)
    else if (deed.do === 'drain') this.#drain(dial)
    else this.#die(dial)
    return dial.number
  }

  break({ nth }: DeedOf<'break'>): number {
    const conn = pick(this.#scene.witness.conns, nth)
    if (conn === undefined) return NOTHING
    this.#scene.witness.begins('break', conn.number, 0)
    conn.broken = true
    this.#scene.witness.spoilt(conn)
    return conn.number
  }

  #linkOf(nth: number): ScriptedDial | undefined {
    const { dials, conns, gone } = this.#scene.witness
    const all = dials.length + conns.length + gone.length
    const at = nth % all
    if (at < dials.length) return dials[at]
    const conn = at < all - gone.length ? conns[at - dials.length] : gone[all - 1 - at]
    return conn?.dial
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
}
