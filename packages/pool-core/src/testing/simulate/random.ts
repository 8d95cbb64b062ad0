/**
 * Random numbers that repeat: sfc32, which is small, quick, and passes the usual tests of
 * randomness. Equal seeds give equal numbers on every host.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** `stream` tells apart what is drawn from one seed. */
  constructor(seed: number, stream = 0) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 2 ** 32) | 0
    this.#c = stream | 0
    // Seeds that differ in one bit differ in all after this.
    for (let i = 0; i < 15; i++) this.next()
  }

  /** A whole number from 0 to 2³² - 1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    this.#c |= 0
    return sum >>> 0
  }

  /** From 0 up to 1, which it never is. */
  share(): number {
    return this.next() / 2 ** 32
  }

  /** A whole number from 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor(this.share() * count)
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  chance(share: number): boolean {
    return this.share() < share
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T
  }
}
