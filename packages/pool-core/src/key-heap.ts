/**
 * Keys by rank, lowest first, each at most once: a binary heap that can move or drop any member.
 *
 * Its cost grows with the logarithm of the keys in it: the one place in the pool that is not O(1),
 * used only for keys that `maxTotal` holds back.
 */
export class KeyHeap<Key> {
  readonly #members: { readonly key: Key; rank: number }[] = []
  readonly #places = new Map<Key, number>()

  get first(): Key | undefined {
    return this.#members[0]?.key
  }

  /** The first among the others. */
  firstBesides(key: Key): Key | undefined {
    const [first, left, right] = this.#members
    if (first?.key !== key) return first?.key
    if (left === undefined || right === undefined) return left?.key
    return left.rank <= right.rank ? left.key : right.key
  }

  /** Adds the key, or moves it to its new rank. */
  put(key: Key, rank: number): void {
    let place = this.#places.get(key)
    if (place === undefined) {
      place = this.#members.length
      this.#members.push({ key, rank })
      this.#places.set(key, place)
    } else {
      this.#member(place).rank = rank
    }
    this.#down(this.#up(place))
  }

  remove(key: Key): void {
    const place = this.#places.get(key)
    if (place === undefined) return
    this.#swap(place, this.#members.length - 1)
    this.#members.pop()
    this.#places.delete(key)
    if (place < this.#members.length) this.#down(this.#up(place))
  }

  #up(from: number): number {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (this.#member(parent).rank <= this.#member(place).rank) break
      this.#swap(parent, place)
      place = parent
    }
    return place
  }

  #down(from: number): void {
    let place = from
    for (;;) {
      const least = this.#leastChild(place)
      if (least === undefined || this.#member(place).rank <= this.#member(least).rank) return
      this.#swap(place, least)
      place = least
    }
  }

  #leastChild(place: number): number | undefined {
    const left = 2 * place + 1
    const right = left + 1
    if (left >= this.#members.length) return undefined
    if (right >= this.#members.length) return left
    return this.#member(left).rank <= this.#member(right).rank ? left : right
  }

  #swap(a: number, b: number): void {
    const [memberA, memberB] = [this.#member(a), this.#member(b)]
    this.#members[a] = memberB
    this.#members[b] = memberA
    this.#places.set(memberB.key, a)
    this.#places.set(memberA.key, b)
  }

  #member(place: number): { readonly key: Key; rank: number } {
    return this.#members[place] as { readonly key: Key; rank: number }
  }
}
