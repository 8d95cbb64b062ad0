import type { LeverValues } from '../levers.ts'

/** The dial of each round that is slow where one is, and how slow. */
const slowDial = 3
const slowDialMs = 2_000

/**
 * How long each dial of one contender takes. The n-th dial takes the same time for all of them, so
 * that nobody is luckier than the others.
 */
export class DialDelays {
  readonly #levers: () => LeverValues
  #dials = 0
  #dialsOfRound = 0

  constructor(levers: () => LeverValues) {
    this.#levers = levers
  }

  /** Dials so far. */
  get dials(): number {
    return this.#dials
  }

  beginRound(): void {
    this.#dialsOfRound = 0
  }

  /** For a dial that begins now, in ms. */
  next(): number {
    const { shape, dialDelayMs } = this.#levers()
    this.#dials++
    this.#dialsOfRound++
    if (shape === 'one-slow-dial' && this.#dialsOfRound === slowDial) return slowDialMs
    return shape === 'jitter' ? jitter(this.#dials, dialDelayMs) : dialDelayMs
  }
}

/** 2 % of all dials take a second, 8 % take 300 ms, by a number that only looks random. */
function jitter(dial: number, otherwiseMs: number): number {
  const drawn = scatter(dial)
  if (drawn < 0.02) return 1_000
  return drawn < 0.1 ? 300 : otherwiseMs
}

/** From 0 to 1, the same for the same number (the mixing of MurmurHash3). */
function scatter(n: number): number {
  let h = Math.imul(n, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32
}
