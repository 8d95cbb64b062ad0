/** Gives everybody a place of their own, the lowest free one, for as long as they are there. */
export class Slots {
  readonly #slots = new Map<number, number>()
  readonly #taken: boolean[] = []

  /** How far it reaches: the highest place that is taken, and one. */
  get extent(): number {
    return this.#taken.length
  }

  of(id: number): number {
    const known = this.#slots.get(id)
    if (known !== undefined) return known
    const free = this.#taken.indexOf(false)
    const slot = free === -1 ? this.#taken.length : free
    this.#slots.set(id, slot)
    this.#taken[slot] = true
    return slot
  }

  /** These, from the lowest place to the highest. */
  inOrder(ids: Iterable<number>): number[] {
    const placed = Array.from(ids, (id) => ({ id, slot: this.of(id) }))
    return placed.sort((a, b) => a.slot - b.slot).map(({ id }) => id)
  }

  peek(id: number): number | undefined {
    return this.#slots.get(id)
  }

  free(id: number): number | undefined {
    const slot = this.#slots.get(id)
    if (slot === undefined) return undefined
    this.#slots.delete(id)
    this.#taken[slot] = false
    while (this.#taken.at(-1) === false) this.#taken.pop()
    return slot
  }

  /** Frees the places of all who are not among `there`. */
  keepOnly(there: { has(id: number): boolean; readonly size: number }): void {
    if (this.#slots.size <= there.size) return
    for (const id of [...this.#slots.keys()]) if (!there.has(id)) this.free(id)
  }
}
