import type { Random } from './random.ts'
import type { ScriptedDial } from './scripted-dial.ts'
import type { Stage } from './stage.ts'
import type { Deed, Step } from './step.ts'
import type { FullWorkload, SimulatedAction } from './workload.ts'

/** Nobody knows how many there are when a step is drawn; large enough, and a multiple of most. */
const MOST = 5_040
const TURNS = 0.8

/** Writes a script while it is played: what happens next, given what is there. */
export class Playwright {
  readonly #random: Random
  readonly #stage: Stage
  readonly #workload: FullWorkload
  readonly #keys: readonly string[]
  readonly #capacity: readonly number[]
  readonly #actions: readonly SimulatedAction[]
  /** Up to which share of a draw each action has. */
  readonly #upTo: readonly number[]
  #wrongMs: number | undefined = undefined
  readonly #share = (): number => this.#random.share()

  constructor(
    random: Random,
    stage: Stage,
    workload: FullWorkload,
    keys: number,
    capacity: readonly number[],
  ) {
    this.#random = random
    this.#stage = stage
    this.#workload = workload
    this.#keys = Array.from({ length: keys }, (_, i) => nameOfKey(i))
    this.#capacity = capacity
    this.#actions = Object.keys(workload.weights) as SimulatedAction[]
    this.#upTo = sums(this.#actions.map((action) => workload.weights[action]))
    stage.adapter.onDial = (dial) => this.#decideEnd(dial)
  }

  next(): Step {
    if (this.#wrongMs !== undefined) {
      throw new RangeError(`workload.dialMs must return a number from 0 on; got ${this.#wrongMs}`)
    }
    const step = this.#dueDial() ?? this.#anything()
    // Added to what is nobody else's yet: a copy would cost more than the rest.
    return Object.assign(step, { turn: this.#random.chance(TURNS) })
  }

  /** The script knows its dials from the beginning. */
  #decideEnd(dial: ScriptedDial): void {
    const { dials, dialMs } = this.#workload
    const all = dials.succeed + dials.fail + dials.hang
    const hangs = this.#random.share() * all < dials.hang
    const ms = Math.round(dialMs(this.#share))
    // Thrown by the next step: here it would only make the dial fail.
    if (!(ms >= 0)) this.#wrongMs = ms
    dial.endsAt = hangs ? Number.POSITIVE_INFINITY : dial.startedAt + ms
  }

  #dueDial(): Deed | undefined {
    const now = this.#stage.clock.now()
    const { dials } = this.#stage.witness
    for (let nth = 0; nth < dials.length; nth++) {
      if ((dials[nth]?.endsAt ?? now) <= now) return this.#endOf(nth)
    }
    return undefined
  }

  #endOf(nth: number): Deed {
    const { succeed, fail } = this.#workload.dials
    if (this.#random.share() * (succeed + fail) < fail) return { do: 'fail', nth }
    const capacity = this.#random.pick(this.#capacity)
    return { do: 'finish', nth, capacity, share: this.#random.below(64) / 64 }
  }

  #anything(): Deed {
    const nth = this.#random.below(MOST)
    const action = this.#action()
    switch (action) {
      case 'want':
        return this.#isFull ? this.#advance() : this.#want()
      case 'tryAcquire':
        return this.#isFull ? this.#advance() : { do: action, key: this.#key() }
      case 'release':
        return { do: action, nth, hintMs: this.#random.chance(0.1) ? 1 + (nth % 97) : undefined }
      case 'capacity':
        return {
          do: action,
          nth,
          capacity: this.#random.chance(0.2) ? 0 : this.#random.pick(this.#capacity),
        }
      case 'advance':
        return this.#advance()
      case 'jump':
        return { do: action, ms: (nth % 199) - 99 }
      case 'warm':
        return { do: action, key: this.#key(), count: 1 + (nth % 3) }
      case 'closeIdle':
        return { do: action, key: nth % 2 === 0 ? undefined : this.#key() }
      default:
        return { do: action, nth }
    }
  }

  get #isFull(): boolean {
    const { waiting, holders } = this.#stage.witness
    return waiting.length + holders.length >= this.#workload.callers
  }

  #want(): Deed {
    const random = this.#random
    return {
      do: 'want',
      key: this.#key(),
      form: random.chance(0.3) ? 'promise' : 'callback',
      timeoutMs: random.chance(0.2) ? random.between(1, 120) : undefined,
      abortable: random.chance(0.2),
    }
  }

  /** Up to the end of the next dial, as nothing may pass it by. */
  #advance(): Deed {
    const now = this.#stage.clock.now()
    let ms = this.#random.between(...this.#workload.advanceMs)
    for (const { endsAt } of this.#stage.witness.dials) ms = Math.min(ms, Math.max(1, endsAt - now))
    return { do: 'advance', ms }
  }

  #key(): string {
    return this.#random.pick(this.#keys)
  }

  #action(): SimulatedAction {
    const drawn = this.#random.share() * (this.#upTo.at(-1) ?? 0)
    let at = 0
    while (drawn >= (this.#upTo[at] ?? Number.POSITIVE_INFINITY)) at++
    return this.#actions[at] as SimulatedAction
  }
}

function sums(weights: readonly number[]): number[] {
  let sum = 0
  return weights.map((weight) => {
    sum += weight
    return sum
  })
}

/** a, b, …, z, k26, … */
function nameOfKey(at: number): string {
  return at < 26 ? String.fromCharCode(97 + at) : `k${at}`
}
