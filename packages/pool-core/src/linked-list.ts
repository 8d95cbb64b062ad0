export interface Linked<T> {
  prev: T | undefined
  next: T | undefined
}

/**
 * A line whose members carry their own links, so that any of them leaves at once, from wherever
 * it stands. A member is in one `LinkedList` at a time; the list does not check it.
 *
 * ```
 *  first ⇄ … ⇄ last
 * ```
 */
export class LinkedList<T extends Linked<T>> {
  first: T | undefined = undefined
  last: T | undefined = undefined
  size = 0

  push(member: T): void {
    member.prev = this.last
    if (this.last === undefined) this.first = member
    else this.last.next = member
    this.last = member
    this.size++
  }

  remove(member: T): void {
    const { prev, next } = member
    if (prev === undefined) this.first = next
    else prev.next = next
    if (next === undefined) this.last = prev
    else next.prev = prev
    member.prev = undefined
    member.next = undefined
    this.size--
  }
}
