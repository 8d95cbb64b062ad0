import type { Beat } from './beats.ts'

/** Later than this is too late: a machine that slept does not catch up. */
const tooLateMs = 250

/** Plays a plan of beats by the clock, whether what they began is done or not. */
export class Pacer {
  #beats: Generator<Beat, never>
  readonly #onBeat: (beat: Beat) => void
  #next: Beat
  #dueAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(beats: Generator<Beat, never>, onBeat: (beat: Beat) => void) {
    this.#beats = beats
    this.#onBeat = onBeat
    this.#next = beats.next().value
  }

  /** The next beat comes after its pause. */
  go(): void {
    if (this.#timer !== undefined) return
    this.#dueAt = performance.now() + this.#next.afterMs
    this.#arm()
  }

  hold(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Another plan, from its beginning. */
  follow(beats: Generator<Beat, never>): void {
    this.#beats = beats
    this.#next = beats.next().value
    if (this.#timer === undefined) return
    this.hold()
    this.go()
  }

  /** The next beat now, out of time. */
  beat(): void {
    const beat = this.#next
    this.#next = this.#beats.next().value
    this.#onBeat(beat)
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#run(), Math.max(0, this.#dueAt - performance.now()))
  }

  #run(): void {
    const now = performance.now()
    if (now - this.#dueAt > tooLateMs) this.#dueAt = now
    // What is called may hold it.
    while (this.#dueAt <= now && this.#timer !== undefined) {
      this.beat()
      this.#dueAt += this.#next.afterMs
      if (this.#next.afterMs === 0) break
    }
    if (this.#timer !== undefined) this.#arm()
  }
}
