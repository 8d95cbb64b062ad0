/** What the servers of this many keys have spoken is remembered; the least recently told goes first. */
const maxKeys = 1_000

/** How many exchanges a connection of each key has carried: 1, where its server speaks HTTP/1.1. */
export class ProtocolMemory {
  readonly #capacities = new Map<string, number>()

  get(key: string): number | undefined {
    return this.#capacities.get(key)
  }

  set(key: string, capacity: number): void {
    this.#capacities.delete(key)
    this.#capacities.set(key, capacity)
    if (this.#capacities.size > maxKeys) {
      this.#capacities.delete(this.#capacities.keys().next().value as string)
    }
  }
}
