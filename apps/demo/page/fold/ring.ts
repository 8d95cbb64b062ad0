/** The latest so many of something; the oldest makes room for one more. */
export class Ring<T> {
  readonly #items: T[] = []
  readonly #capacity: number
  #start = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get length(): number {
    return this.#items.length
  }

  /** Returns what had to make room. */
  push(item: T): T | undefined {
    if (this.#items.length < this.#capacity) {
      this.#items.push(item)
      return undefined
    }
    const oldest = this.#items[this.#start]
    this.#items[this.#start] = item
    this.#start = (this.#start + 1) % this.#capacity
    return oldest
  }

  /** From the oldest to the newest. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let i = 0; i < this.#items.length; i++) yield this.#at(i)
  }

  /** The newest first, at most `count`. */
  latest(count: number = this.#items.length): T[] {
    const length = Math.min(count, this.#items.length)
    return Array.from({ length }, (_, i) => this.#at(this.#items.length - 1 - i))
  }

  #at(i: number): T {
    return this.#items[(this.#start + i) % this.#items.length] as T
  }
}
