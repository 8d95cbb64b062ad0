import { checkExploreOptions, type ExploreOptions } from './explore/explore-options.ts'
import { fingerprint } from './explore/fingerprint.ts'
import { Moves } from './explore/moves.ts'
import { EventLog } from './simulate/event-log.ts'
import { simulationError } from './simulate/report.ts'
import { type Setting, Stage } from './simulate/stage.ts'
import type { Step } from './simulate/step.ts'

/** What {@link explore} has seen. */
export interface ExplorationSummary {
  /** Different ones: of the pool, of its callers and of the world. */
  readonly states: number
  /** Different ones: a state, and what happened in it. Each was checked. */
  readonly transitions: number
  /** Steps to the state that is furthest away. */
  readonly deepest: number
  /** False: `maxTransitions` ended it. */
  readonly isComplete: boolean
}

/**
 * Tries everything that can happen to a small pool, in every order: from each state it has found,
 * the nearest first, every step, each with a fresh pool that is led there. After every step all of
 * {@link checkInvariants} must hold, and what callers and the adapter saw must be in order, too.
 *
 * Rejects with a {@link SimulationError} for the first fault: its message ends with the shortest
 * play found that fails in the same way, ready to paste. Rejects with `TypeError` or `RangeError`
 * for options that make no sense.
 *
 * ```ts
 * const { states, transitions } = await explore({ wants: 3, dials: 3, pool: { maxPerKey: 2 } })
 * ```
 */
export async function explore(options: ExploreOptions): Promise<ExplorationSummary> {
  checkExploreOptions(options)
  return await new Exploration(options).run()
}

/** A state: the way to it, and the steps out of it. */
interface Place {
  readonly from: Place | undefined
  /** The last step of the way, from the place before. */
  readonly by: Step | undefined
  readonly depth: number
  readonly steps: readonly Step[]
}

class Exploration {
  readonly #setting: Setting
  readonly #moves: Moves
  readonly #maxTransitions: number
  readonly #known = new Set<string>()
  /** In the order in which they were found, which is that of their distance. */
  readonly #places: Place[] = []
  #transitions = 0

  constructor(options: ExploreOptions) {
    const { pool = {}, capacity = 1, maxTransitions = Number.POSITIVE_INFINITY } = options
    this.#setting = { options: pool, expected: capacity }
    this.#moves = new Moves(options)
    this.#maxTransitions = maxTransitions
  }

  async run(): Promise<ExplorationSummary> {
    this.#arrive(this.#newStage(), undefined, undefined)
    for (const place of this.#places) {
      const way = wayTo(place)
      for (const step of place.steps) {
        if (this.#transitions === this.#maxTransitions) return this.#summary(false)
        this.#transitions++
        this.#arrive(await this.#take(way, step), place, step)
      }
    }
    return this.#summary(true)
  }

  #newStage(): Stage {
    return new Stage(this.#setting, new EventLog())
  }

  /** If it has not been here before, it will look around later. */
  #arrive(stage: Stage, from: Place | undefined, by: Step | undefined): void {
    const print = fingerprint(stage, this.#moves.left(stage))
    if (this.#known.has(print)) return
    this.#known.add(print)
    const depth = from === undefined ? 0 : from.depth + 1
    this.#places.push({ from, by, depth, steps: this.#moves.of(stage) })
  }

  /** One step from a place: its way is played again with a fresh pool. It was checked before. */
  async #take(way: readonly Step[], step: Step): Promise<Stage> {
    const stage = this.#newStage()
    for (const passed of way) {
      stage.act(passed)
      await stage.turn()
    }
    await stage.play(step)
    const { witness } = stage
    if (step.do === 'destroy' && witness.fault === undefined) await stage.end()
    if (witness.fault !== undefined) {
      const setting = this.#setting
      const script = [...way, step]
      const isAtEnd = stage.isOver
      throw await simulationError({ setting, script, fault: witness.fault, isAtEnd }, undefined)
    }
    return stage
  }

  #summary(isComplete: boolean): ExplorationSummary {
    const deepest = this.#places.at(-1)?.depth ?? 0
    const states = this.#known.size
    return { states, transitions: this.#transitions, deepest, isComplete }
  }
}

function wayTo(place: Place): Step[] {
  const way: Step[] = []
  for (let at: Place | undefined = place; at?.by !== undefined; at = at.from) way.push(at.by)
  return way.reverse()
}
