import { checkInvariants } from '../../src/testing/index.ts'
import type { Scene, Step } from './script.ts'
import { Stage } from './stage.ts'

// Enough for a dial's result to reach the pool, and from there a caller.
const TURNS = 8

/** Plays a script on a {@link Stage}, and compares after each step all that can be seen of both. */
export class Rehearsal {
  readonly #stage: Stage
  #steps = 0

  constructor(scene: Scene) {
    this.#stage = new Stage(scene)
  }

  /** How many steps were compared: not all of them if the outcome was not determined any more. */
  async play(script: readonly Step[]): Promise<number> {
    for (const step of script) {
      if (this.#stage.model.isUndetermined) break
      this.#steps++
      await this.#step(step)
    }
    const compared = this.#steps
    await this.#end()
    return compared
  }

  async #step(step: Step): Promise<void> {
    try {
      this.#stage.act(step)
      await this.#look()
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      throw new Error(`step ${this.#steps}, ${JSON.stringify(step)}: ${what}`)
    }
  }

  /** Lets what is under way come to its end, and compares. */
  async #look(): Promise<void> {
    const stage = this.#stage
    do {
      for (let i = 0; i < TURNS; i++) await undefined
    } while (stage.tellThrown())
    checkInvariants(stage.pool)
    stage.same('faults', stage.faults, [])
    if (stage.model.isUndetermined) {
      // From here on any order is right: only what must come true in the end is looked at.
      stage.letGo()
      stage.events = []
      return
    }
    this.#compare()
    stage.takeLeases()
    stage.events = []
    stage.model.events = []
  }

  #compare(): void {
    const { model, pool } = this.#stage
    this.#compareEvents()
    this.#stage.same('stats', pool.stats(), model.stats())
    this.#stage.same('keys', [...pool.keys()].sort(), model.keys())
    for (const key of 'abcd') {
      this.#stage.same(`stats of ${key}`, pool.stats(key), model.keyStats(key))
    }
    this.#compareCallers()
    this.#compareEnd()
  }

  /** Those of one step in any order, but callers of one key first come, first served. */
  #compareEvents(): void {
    const { events, model } = this.#stage
    this.#stage.same('events', [...events].sort(), [...model.events].sort())
    for (const key of 'abcd') {
      const isAnswer = (event: string): boolean => event.startsWith(`trace gotConn ${key} `)
      this.#stage.same('order', events.filter(isAnswer), model.events.filter(isAnswer))
    }
  }

  #compareCallers(): void {
    for (const { name, want, signal } of this.#stage.callers) {
      const isWaiting = this.#stage.model.isWaiting(name)
      if (want !== undefined) this.#stage.same(`waiting of ${name}`, want.waiting, isWaiting)
      const listeners = signal !== undefined && isWaiting ? 1 : 0
      this.#stage.same(`listeners of ${name}`, signal?.listeners ?? 0, listeners)
    }
  }

  #compareEnd(): void {
    const { closing, clock, model } = this.#stage
    if (model.isClosed) this.#stage.same('timers after close()', clock.pending, 0)
    if (closing === 'not asked') return
    this.#stage.same('the promise of close()', closing, model.stats().open === 0 ? 'done' : 'asked')
  }

  /** Whatever is still there comes to its end, and nothing is left. */
  async #end(): Promise<void> {
    const stage = this.#stage
    await this.#step({ do: 'destroy', withError: false })
    while (stage.dialing.length > 0) await this.#step({ do: 'finish', nth: 0, capacity: undefined })
    while (stage.held > 0) await this.#step({ do: 'release', nth: 0, hintMs: undefined })
    await this.#step({ do: 'close' })
    const { totals, ...left } = stage.pool.stats()
    stage.same('what is left', Object.values(left), [0, 0, 0, 0, 0, 0, 0])
    stage.same('keys', [...stage.pool.keys()], [])
    stage.same('timers', stage.clock.pending, 0)
    stage.same('callers without an answer', stage.callers.filter((it) => !it.isSettled).length, 0)
    stage.same(
      'listeners',
      stage.callers.reduce((sum, it) => sum + (it.signal?.listeners ?? 0), 0),
      0,
    )
  }
}
