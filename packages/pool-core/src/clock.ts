/** Where a pool gets its time from: `options.clock`. */
export interface Clock {
  /** Milliseconds from any fixed point. May stand still, and may go back: nothing expires for it. */
  now(): number
  /** Calls `run` once after `ms`. Must not keep the process alive. Firing early is harmless. */
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(handle: unknown): void
}

// Counted from here, so that the numbers stay small.
const start = Date.now()

/** What was read last, and how often since then without a change. */
let latest = 0
let again = 0

/** Set while time stands still. */
let thisTurn: number | undefined

// A reaction to this costs a third of a `queueMicrotask`, and comes as soon.
const turn = Promise.resolve()

function read(): number {
  const now = unboxed(Date.now() - start)
  if (now !== latest) again = 0
  else if (++again >= OFTEN) standStill(now)
  latest = now
  return now
}

function standStill(now: number): void {
  again = 0
  thisTurn = now
  turn.then(goOn)
}

function goOn(): void {
  thisTurn = undefined
}

/** So many reads of one ms are rather of one turn than of as many. */
const OFTEN = 32

/**
 * The time of day, which unlike a monotonic clock goes on while a machine sleeps: a connection
 * that was idle over night is too old in the morning (Go keeps wall time for the same reason).
 *
 * A read costs as much as a hand-out. For whoever makes many in one turn of the microtask queue,
 * time stands still in it, as nothing can arrive in between; but to see the end of a turn costs
 * several reads, so that is for those alone.
 */
export const systemClock: Clock = {
  now() {
    return thisTurn ?? read()
  },
  setTimeout(run, ms) {
    const handle = setTimeout(run, ms)
    ;(handle as { unref?: () => void }).unref?.()
    return handle
  },
  clearTimeout(handle) {
    clearTimeout(handle)
  },
}

/**
 * A clock's time as the pool sees it: from 0 at the pool's construction, so that the numbers stay
 * small, and never back. When the clock is set back, the pool's time stands still at that moment
 * and then goes on from there, so that no duration is cut short and none is drawn out.
 */
export class Timeline {
  readonly #clock: Clock
  #shift: number
  #latest = 0

  constructor(clock: Clock) {
    this.#clock = clock
    // Not the negative of it, which would be a box of its own for a time of 0.
    this.#shift = 0 - clock.now()
  }

  now(): number {
    const now = this.#clock.now() + this.#shift
    return now === this.#latest ? now : this.#advance(now)
  }

  #advance(now: number): number {
    if (now > this.#latest) this.#latest = unboxed(now)
    else this.#shift += this.#latest - now
    return this.#latest
  }
}

/** The same number: as a small integer, if it is one, which V8 keeps without a box of its own. */
function unboxed(ms: number): number {
  const whole = ms | 0
  return whole === ms ? whole : ms
}
