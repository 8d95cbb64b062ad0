import type { Stage } from '../simulate/stage.ts'
import type { Deed, Step } from '../simulate/step.ts'
import { type ExplorableMove, type ExploreOptions, explorableMoves } from './explore-options.ts'

/** All that can happen next, in any state. */
export class Moves {
  readonly #wants: number
  readonly #dials: number
  readonly #capacity: number
  readonly #keys: readonly string[]
  readonly #moves: ReadonlySet<ExplorableMove>

  constructor({ wants, dials, capacity = 1, keys = 1, moves = explorableMoves }: ExploreOptions) {
    this.#wants = wants
    this.#dials = dials
    this.#capacity = capacity
    this.#keys = [...'abcd'.slice(0, keys)]
    this.#moves = new Set(moves)
  }

  /** What limits the moves to come, beside the state of things. */
  left(stage: Stage): string {
    const wants = this.#wantsLeft(stage)
    // A want has one dial at most, so more than this cannot end.
    const mostDials = wants + stage.witness.dials.length
    return `${wants},${Math.min(this.#dialsLeft(stage), mostDials)}`
  }

  of(stage: Stage): Step[] {
    const { witness } = stage
    if (witness.isEnded) return []
    const deeds: Deed[] = []
    if (this.#wantsLeft(stage) > 0) {
      for (const key of this.#keys) deeds.push({ do: 'want', key, form: 'callback' })
    }
    witness.cancelable.forEach(({ isAnswered }, nth) => {
      if (!isAnswered) this.#add(deeds, { do: 'cancel', nth })
    })
    witness.holders.forEach((_, nth) => {
      for (const end of ['release', 'discard', 'detach'] as const)
        this.#add(deeds, { do: end, nth })
    })
    if (this.#dialsLeft(stage) > 0) this.#addOfDials(deeds, stage)
    this.#addOfLinks(deeds, stage)
    this.#add(deeds, { do: 'closeIdle' })
    this.#add(deeds, { do: 'destroy' })
    return deeds.map((deed) => ({ ...deed, turn: true }))
  }

  #wantsLeft({ actor }: Stage): number {
    return this.#wants - actor.callers.stated
  }

  #dialsLeft({ adapter, witness }: Stage): number {
    return this.#dials - (adapter.keysDialed.length - witness.dials.length)
  }

  #add(deeds: Deed[], deed: Deed & { do: ExplorableMove }): void {
    if (this.#moves.has(deed.do)) deeds.push(deed)
  }

  #addOfDials(deeds: Deed[], { witness }: Stage): void {
    witness.dials.forEach(({ capacity: told }, nth) => {
      // What was told before is what it has.
      deeds.push({ do: 'finish', nth, capacity: told === 1 ? this.#capacity : told })
      this.#add(deeds, { do: 'fail', nth })
    })
  }

  #addOfLinks(deeds: Deed[], { witness }: Stage): void {
    const links = [...witness.dials, ...witness.conns.map(({ dial }) => dial)]
    links.forEach(({ isLost, isDrained, capacity: told }, nth) => {
      if (isLost) return
      this.#add(deeds, { do: 'die', nth })
      if (isDrained) return
      this.#add(deeds, { do: 'drain', nth })
      for (const capacity of new Set([0, 1, this.#capacity])) {
        if (capacity !== told) this.#add(deeds, { do: 'capacity', nth, capacity })
      }
    })
  }
}
