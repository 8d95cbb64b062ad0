import type { PoolOptions } from '../../options.ts'
import type { PoolStats } from '../../stats.ts'
import { anyPool } from './any-pool.ts'
import type { EventLog } from './event-log.ts'
import type { Fault } from './fault.ts'
import { NOTHING } from './nothing.ts'
import { Playwright } from './playwright.ts'
import { Random } from './random.ts'
import { type Setting, Stage } from './stage.ts'
import type { Step } from './step.ts'
import type { FullWorkload } from './workload.ts'

/** A share of the steps comes after the pool's end: late dials, and callers who do not know yet. */
const AFTERLIFE = 0.05

/** What was played, and what went wrong. */
export interface Outcome {
  readonly setting: Setting
  readonly script: readonly Step[]
  readonly fault: Fault | undefined
  /** It shows only when the script is over and nothing may be left. */
  readonly isAtEnd: boolean
}

/** The life of one pool, from its construction until nothing is left of it. */
export class Life {
  readonly #random: Random
  readonly #setting: Setting
  readonly #stage: Stage
  readonly #playwright: Playwright
  readonly #script: Step[] = []
  readonly #checkEvery: number

  constructor(
    seed: number,
    number: number,
    pool: PoolOptions<never> | undefined,
    workload: FullWorkload,
    log: EventLog,
    checkEvery: number,
  ) {
    this.#checkEvery = checkEvery
    const random = new Random(seed, number)
    const capacity = workload.capacity ?? (random.chance(0.5) ? [1] : [2, 1, 3, 4])
    const options = pool ?? anyPool(random)
    this.#random = random
    this.#setting = { options, expected: capacity[0] ?? 1 }
    log.note('life', number, 0)
    this.#stage = new Stage(this.#setting, log)
    const keys = workload.keys ?? random.between(1, 4)
    this.#playwright = new Playwright(random, this.#stage, workload, keys, capacity)
  }

  /** Plays about so many steps, its end not counted. */
  async play(steps: number): Promise<Outcome> {
    const last = Math.max(1, Math.floor(steps * (1 - AFTERLIFE)))
    for (let i = 0; i < steps && this.#goesOn; i++) {
      const step = i === last ? this.#lastRites() : this.#playwright.next()
      if (this.#stage.act(step) === NOTHING) continue
      this.#script.push(step)
      // Awaits nothing where a step has no turn: what is under way must not come on by itself.
      if (step.turn) await this.#stage.turn()
      this.#look(step)
    }
    const ending = this.#goesOn ? await this.#stage.end() : []
    const isAtEnd = !this.#goesOn && this.#stage.isOver
    if (!isAtEnd) this.#script.push(...ending)
    const { fault } = this.#stage.witness
    return { setting: this.#setting, script: this.#script, fault, isAtEnd }
  }

  /** Of its pool. */
  get stats(): PoolStats {
    return this.#stage.pool.stats()
  }

  get #goesOn(): boolean {
    return this.#stage.witness.fault === undefined
  }

  #lastRites(): Step {
    return { do: this.#random.chance(0.5) ? 'close' : 'destroy', turn: true }
  }

  #look(step: Step): void {
    if (this.#script.length % this.#checkEvery === 0) this.#stage.look(step)
    else this.#stage.glance(step)
  }
}
