import { LinkedList } from './linked-list.ts'
import type { WantConn } from './want-conn.ts'

/**
 * The line of one key: all wants that wait, the oldest first, whoever settles them. A want leaves
 * at once when it is settled, from the front, the end or the middle.
 *
 * Those that no dial has been begun for stand in a second line as well, where dials look for the
 * next one. It is a line of its own, as they need not be neighbours in the first: one dial may be
 * under way for the room that a hundred of them want.
 *
 * ```
 *  waiting   w1 ⇄ w2 ⇄ w3 ⇄ w4 ⇄ w5
 *  to dial        w2   ⇄    w4 ⇄ w5        dials in flight: w1's and w3's
 * ```
 */
export class WantConnQueue<Target, Conn extends object> {
  readonly #waiting = new LinkedList<WantConn<Target, Conn>>()
  #firstToDial: WantConn<Target, Conn> | undefined = undefined
  #lastToDial: WantConn<Target, Conn> | undefined = undefined

  get size(): number {
    return this.#waiting.size
  }

  get first(): WantConn<Target, Conn> | undefined {
    return this.#waiting.first
  }

  get firstToDial(): WantConn<Target, Conn> | undefined {
    return this.#firstToDial
  }

  push(want: WantConn<Target, Conn>): void {
    this.#waiting.push(want)
    want.prevToDial = this.#lastToDial
    if (this.#lastToDial === undefined) this.#firstToDial = want
    else this.#lastToDial.nextToDial = want
    this.#lastToDial = want
  }

  remove(want: WantConn<Target, Conn>): void {
    this.#waiting.remove(want)
    if (want.dial === undefined) this.removeToDial(want)
  }

  /** A dial has been begun for it. */
  removeToDial(want: WantConn<Target, Conn>): void {
    const { prevToDial, nextToDial } = want
    if (prevToDial === undefined) this.#firstToDial = nextToDial
    else prevToDial.nextToDial = nextToDial
    if (nextToDial === undefined) this.#lastToDial = prevToDial
    else nextToDial.prevToDial = prevToDial
    want.prevToDial = undefined
    want.nextToDial = undefined
  }
}
