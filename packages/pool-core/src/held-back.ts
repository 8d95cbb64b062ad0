import { KeyHeap } from './key-heap.ts'
import type { KeyState } from './key-state.ts'

/**
 * The keys that would dial if `maxTotal` let them: who gets the next place, and whose patience is
 * at an end.
 */
export class HeldBack<Target, Conn extends object> {
  size = 0
  readonly #fairAfterMs: number
  readonly #byAge = new KeyHeap<KeyState<Target, Conn>>()
  readonly #byPatience = new KeyHeap<KeyState<Target, Conn>>()
  /** Since when a key has been held back without getting a place. */
  readonly #since = new Map<KeyState<Target, Conn>, number>()
  /** Keys for which another key's connection is being closed: the next places are theirs. */
  readonly #claims = new Set<KeyState<Target, Conn>>()

  constructor(fairAfterMs: number) {
    this.#fairAfterMs = fairAfterMs
  }

  /** The key that gets the place that becomes free: that of the oldest want, but claims come first. */
  get next(): KeyState<Target, Conn> | undefined {
    for (const state of this.#claims) return state
    return this.#byAge.first
  }

  /** Adds a key, or looks again at which of its wants is the oldest without a dial. */
  put(state: KeyState<Target, Conn>, now: number): void {
    const want = state.line.firstToDial
    if (want === undefined) return
    const since = this.#since.get(state) ?? now
    this.#since.set(state, since)
    this.size = this.#since.size
    this.#byAge.put(state, want.number)
    this.#byPatience.put(state, Math.max(since, want.statedAt))
  }

  /** It got a place; whether it wants more, `put` or `remove` tells. */
  granted(state: KeyState<Target, Conn>): void {
    this.#claims.delete(state)
  }

  remove(state: KeyState<Target, Conn>): void {
    if (!this.#since.delete(state)) return
    this.size = this.#since.size
    this.#claims.delete(state)
    this.#byAge.remove(state)
    this.#byPatience.remove(state)
  }

  /**
   * Another key that has been held back too long while this one hands its connections over. Its
   * time starts again: it is given one place for it, not every place that follows. True if there
   * is one; the caller then has to free a place.
   */
  claim(besides: KeyState<Target, Conn>, now: number): boolean {
    const state = this.#byPatience.firstBesides(besides)
    const want = state?.line.firstToDial
    if (state === undefined || want === undefined) return false
    const since = Math.max(this.#since.get(state) ?? now, want.statedAt)
    if (now - since <= this.#fairAfterMs) return false
    this.#since.set(state, now)
    this.#claims.add(state)
    this.put(state, now)
    return true
  }
}
