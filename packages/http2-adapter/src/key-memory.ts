/** What the servers of this many keys have told is remembered; the least recently told goes first. */
const maxKeys = 1_000

/** Remembers something of each key, of a bounded number of keys. */
export class KeyMemory<Value> {
  readonly #values = new Map<string, Value>()

  get size(): number {
    return this.#values.size
  }

  get(key: string): Value | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: Value): void {
    this.#values.delete(key)
    this.#values.set(key, value)
    if (this.#values.size > maxKeys) this.#values.delete(this.#values.keys().next().value as string)
  }
}
