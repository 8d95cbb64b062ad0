import type { WantConn } from './want-conn.ts'

/**
 * The line of one key: all wants that wait, the oldest first. A want leaves at once when it is
 * settled, from the front, the end or the middle.
 *
 * A dial is begun for the first that has none, and a want keeps its dial as long as it waits. So
 * those with a dial always stand in front of those without, and one pointer finds the next to dial.
 *
 * ```
 *  first          firstToDial     last
 *   w1  ⇄  w2  ⇄  w3  ⇄  w4  ⇄  w5
 *  dial    dial
 * ```
 */
export class WantConnQueue<Target, Conn extends object> {
  first: WantConn<Target, Conn> | undefined = undefined
  firstToDial: WantConn<Target, Conn> | undefined = undefined
  size = 0
  #last: WantConn<Target, Conn> | undefined = undefined

  push(want: WantConn<Target, Conn>): void {
    want.prev = this.#last
    if (this.#last === undefined) this.first = want
    else this.#last.next = want
    this.#last = want
    this.firstToDial ??= want
    this.size++
  }

  remove(want: WantConn<Target, Conn>): void {
    const { prev, next } = want
    if (this.firstToDial === want) this.firstToDial = next
    if (prev === undefined) this.first = next
    else prev.next = next
    if (next === undefined) this.#last = prev
    else next.prev = prev
    want.prev = undefined
    want.next = undefined
    this.size--
  }

  /** The first without a dial, for which one is begun now. */
  takeToDial(): WantConn<Target, Conn> | undefined {
    const want = this.firstToDial
    this.firstToDial = want?.next
    return want
  }
}
