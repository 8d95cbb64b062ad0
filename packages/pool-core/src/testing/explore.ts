import { checkExploreOptions, type ExploreOptions } from './explore/explore-options.ts'
import { fingerprint } from './explore/fingerprint.ts'
import { Moves } from './explore/moves.ts'
import { EventLog } from './simulate/event-log.ts'
import { printPlay } from './simulate/print-play.ts'
import { simplify } from './simulate/simplify.ts'
import { SimulationError } from './simulate/simulation-error.ts'
import { type Setting, Stage } from './simulate/stage.ts'
import type { Step } from './simulate/step.ts'

/** What {@link explore} has seen. */
export interface ExplorationSummary {
  /** Different ones: of the pool, of its callers and of the world. */
  readonly states: number
  /** Different ones: a state, and what happened in it. Each was checked. */
  readonly transitions: number
  /** Steps of the longest way into a state that was not known. */
  readonly deepest: number
  /** False: `maxTransitions` ended it. */
  readonly isComplete: boolean
}

/**
 * Tries everything that can happen to a small pool, in every order: depth first, with a fresh pool
 * for each way that branches off, and none gone twice. After every step all of
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

interface Crossing {
  readonly moves: readonly Step[]
  /** The next one to try. */
  next: number
}

class Exploration {
  readonly #setting: Setting
  readonly #moves: Moves
  readonly #maxTransitions: number
  readonly #known = new Set<string>()
  /** Where there are ways not gone yet, and the steps that lead from each to the next. */
  readonly #crossings: Crossing[] = []
  readonly #path: Step[] = []
  #stage: Stage
  /** The stage is not where the path leads. */
  #isAstray = false
  #transitions = 0
  #deepest = 0

  constructor(options: ExploreOptions) {
    const { pool = {}, capacity = 1, maxTransitions = Number.POSITIVE_INFINITY } = options
    this.#setting = { options: pool, expected: capacity }
    this.#moves = new Moves(options)
    this.#maxTransitions = maxTransitions
    this.#stage = this.#newStage()
    this.#arrive()
  }

  async run(): Promise<ExplorationSummary> {
    for (let at = this.#crossings.at(-1); at !== undefined; at = this.#crossings.at(-1)) {
      const step = at.moves[at.next++]
      if (step === undefined) this.#leave()
      else if (this.#transitions >= this.#maxTransitions) return this.#summary(false)
      else await this.#take(step)
    }
    return this.#summary(true)
  }

  #newStage(): Stage {
    return new Stage(this.#setting, new EventLog())
  }

  /** In a state, by a way that ends here if it is known. */
  #arrive(): boolean {
    const print = fingerprint(this.#stage, this.#moves.wantsLeft(this.#stage))
    if (this.#known.has(print)) return false
    this.#known.add(print)
    this.#crossings.push({ moves: this.#moves.of(this.#stage), next: 0 })
    return true
  }

  #leave(): void {
    this.#crossings.pop()
    this.#path.pop()
    this.#isAstray = true
  }

  async #take(step: Step): Promise<void> {
    if (this.#isAstray) await this.#goBack()
    this.#transitions++
    await this.#stage.play(step)
    if (step.do === 'destroy') for await (const _ of this.#stage.end());
    if (this.#stage.witness.fault !== undefined) await this.#fail(step)
    this.#path.push(step)
    if (this.#arrive()) {
      this.#deepest = Math.max(this.#deepest, this.#path.length)
      return
    }
    this.#path.pop()
    this.#isAstray = true
  }

  /** Plays the path again with a fresh pool; all of it was checked before. */
  async #goBack(): Promise<void> {
    this.#stage = this.#newStage()
    for (const step of this.#path) {
      this.#stage.act(step)
      await this.#stage.turn()
    }
    this.#isAstray = false
  }

  async #fail(last: Step): Promise<never> {
    const { fault } = this.#stage.witness
    const script = [...this.#path, last]
    const simplest = await simplify({ setting: this.#setting, script, fault })
    const play = await printPlay(simplest)
    const { message } = simplest.fault ?? { message: '' }
    throw new SimulationError(message, undefined, play, simplest.script.length)
  }

  #summary(isComplete: boolean): ExplorationSummary {
    return {
      states: this.#known.size,
      transitions: this.#transitions,
      deepest: this.#deepest,
      isComplete,
    }
  }
}
