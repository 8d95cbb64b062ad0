/** Something with a time at which it wants to be looked at. */
export interface Timed {
  /** In the pool's time, in ms. In the wheel it may be put off, but not be brought forward. */
  dueAt: number
  prevDue: DueLinks | undefined
  nextDue: DueLinks | undefined
  onDue(now: number): void
}

export type DueLinks = Pick<Timed, 'prevDue' | 'nextDue'>

const SLOT_BITS = 6
const SLOTS = 1 << SLOT_BITS
const LOW_LEVELS = 5
const LOW = 2 ** (LOW_LEVELS * SLOT_BITS)
const LEVELS = LOW_LEVELS + 3
const FURTHEST = LOW * 2 ** (3 * SLOT_BITS) - 1
/** How many ms a slot of each level holds, and last, how many the highest level does. */
const UNITS = Array.from({ length: LEVELS + 1 }, (_, level) => SLOTS ** level)

/**
 * Deadlines in order of time, in O(1) however many there are: a hierarchical timing wheel
 * (Varghese and Lauck), of the kind that tokio and the Linux kernel use.
 *
 * A time in whole ms is read as a number in base 64. A deadline stands at the level of the highest
 * digit in which it differs from the time that has passed, in the slot of that digit: level 0 is
 * exact, level 1 holds 64 ms a slot, and so on. When time reaches a slot of a higher level, its
 * members move down; each moves at most once a level, unless it is put off meanwhile.
 *
 * A slot is a circle of links with a head of its own, so a member leaves without knowing its slot.
 */
export class TimingWheel {
  #passed = 0
  readonly #levels: (Level | undefined)[] = new Array<undefined>(LEVELS).fill(undefined)

  insert(member: Timed, dueAt: number): void {
    member.dueAt = dueAt
    const tick = Math.min(Math.max(Math.ceil(dueAt), this.#passed), FURTHEST)
    const level = levelOf(this.#passed, tick)
    const slots = (this.#levels[level] ??= new Level())
    slots.insert(digit(tick, level), member)
  }

  static remove(member: Timed): void {
    const { prevDue, nextDue } = member
    if (prevDue === undefined || nextDue === undefined) return
    prevDue.nextDue = nextDue
    nextDue.prevDue = prevDue
    member.prevDue = undefined
    member.nextDue = undefined
  }

  /** When to look again, at the latest: exact within 64 ms, and never after the first deadline. */
  next(): number | undefined {
    const level = this.#firstLevel()
    return level === LEVELS ? undefined : this.#startOf(level)
  }

  /** Takes out one member whose time has come, until there is none. */
  pop(now: number): Timed | undefined {
    const tick = Math.floor(now)
    for (;;) {
      const level = this.#firstLevel()
      const start = level === LEVELS ? Number.POSITIVE_INFINITY : this.#startOf(level)
      if (start > tick) {
        this.#passed = Math.max(this.#passed, tick)
        return undefined
      }
      this.#passed = start
      const slot = digit(start, level)
      const member = this.#levels[level]?.takeFrom(slot)
      if (level > 0) this.#moveDown(member, level, slot)
      else if (member !== undefined && isPutOff(member, now)) this.insert(member, member.dueAt)
      else return member
    }
  }

  #moveDown(first: Timed | undefined, level: number, slot: number): void {
    let member = first
    while (member !== undefined) {
      this.insert(member, member.dueAt)
      member = this.#levels[level]?.takeFrom(slot)
    }
  }

  /** The lowest level with a member, `LEVELS` if none has: all of a level come before any of the next. */
  #firstLevel(): number {
    let level = 0
    while (level < LEVELS && this.#levels[level]?.firstSlot() === undefined) level++
    return level
  }

  #startOf(level: number): number {
    const slot = this.#levels[level]?.firstSlot() ?? 0
    const unit = UNITS[level] as number
    const above = UNITS[level + 1] as number
    return Math.floor(this.#passed / above) * above + slot * unit
  }
}

/** Sixty-four slots, and a bit for each that may have a member. */
class Level {
  readonly #heads: (DueLinks | undefined)[] = new Array<undefined>(SLOTS).fill(undefined)
  readonly #bits = [0, 0]

  insert(slot: number, member: Timed): void {
    const head = (this.#heads[slot] ??= circle())
    const last = head.prevDue as DueLinks
    member.prevDue = last
    member.nextDue = head
    last.nextDue = member
    head.prevDue = member
    this.#bits[slot >> 5] = (this.#bits[slot >> 5] ?? 0) | (1 << (slot & 31))
  }

  takeFrom(slot: number): Timed | undefined {
    const head = this.#heads[slot]
    const first = head?.nextDue
    if (first === undefined || first === head) return undefined
    TimingWheel.remove(first as Timed)
    return first as Timed
  }

  /** Bits of slots that have emptied meanwhile are cleared on the way. */
  firstSlot(): number | undefined {
    for (let half = 0; half < 2; half++) {
      for (let bits = this.#bits[half] ?? 0; bits !== 0; bits = this.#bits[half] ?? 0) {
        const bit = 31 - Math.clz32(bits & -bits)
        const slot = half * 32 + bit
        if (!this.#isEmpty(slot)) return slot
        this.#bits[half] = bits & ~(1 << bit)
      }
    }
    return undefined
  }

  #isEmpty(slot: number): boolean {
    const head = this.#heads[slot]
    return head === undefined || head.nextDue === head
  }
}

// The wheel ends there: what is due even later would come up again for ever.
function isPutOff({ dueAt }: Timed, now: number): boolean {
  return dueAt > now && now < FURTHEST
}

function circle(): DueLinks {
  const head: DueLinks = { prevDue: undefined, nextDue: undefined }
  head.prevDue = head
  head.nextDue = head
  return head
}

// Bitwise operators see 32 bits, and a pool may live longer than 2^32 ms: high and low digits apart.
function levelOf(passed: number, tick: number): number {
  const high = Math.floor(passed / LOW) ^ Math.floor(tick / LOW)
  if (high !== 0) return LOW_LEVELS + highestDigit(high)
  return highestDigit((passed % LOW) ^ (tick % LOW))
}

function highestDigit(bits: number): number {
  return bits === 0 ? 0 : Math.floor((31 - Math.clz32(bits)) / SLOT_BITS)
}

function digit(tick: number, level: number): number {
  const part = level < LOW_LEVELS ? tick % LOW : Math.floor(tick / LOW)
  return (part >>> (SLOT_BITS * (level % LOW_LEVELS))) & (SLOTS - 1)
}
