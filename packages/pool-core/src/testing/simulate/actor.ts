import { CallerDeeds } from './caller-deeds.ts'
import type { Scene } from './scene.ts'
import type { Deed, DeedOf } from './step.ts'
import { WorldDeeds } from './world-deeds.ts'

/** Does what a script says. */
export class Actor {
  readonly callers: CallerDeeds
  readonly world: WorldDeeds
  /** Calls of `warm` and `close` that are not over. */
  unfinished = 0
  /** The clock was set back, so that ages cannot be told any more. */
  wentBack = false
  readonly #scene: Scene

  constructor(scene: Scene) {
    this.#scene = scene
    this.callers = new CallerDeeds(scene)
    this.world = new WorldDeeds(scene)
  }

  /** Says what it was done to, by its number: 0 for the pool, `NOTHING` if there was nothing. */
  act(deed: Deed): number {
    switch (deed.do) {
      case 'want':
        return this.callers.want(deed)
      case 'tryAcquire':
        return this.callers.tryAcquire(deed)
      case 'cancel':
        return this.callers.cancel(deed)
      case 'abort':
        return this.callers.abort(deed)
      case 'release':
      case 'discard':
        return this.callers.end(deed)
      case 'detach':
        return this.callers.detach(deed)
      case 'finish':
        return this.world.finish(deed)
      case 'fail':
        return this.world.fail(deed)
      case 'die':
      case 'drain':
      case 'capacity':
        return this.world.report(deed)
      case 'break':
        return this.world.break(deed)
      default:
        this.#actOnPool(deed)
        return 0
    }
  }

  #actOnPool(deed: DeedOf<'advance' | 'jump' | 'warm' | 'closeIdle' | 'close' | 'destroy'>): void {
    const { clock, pool, witness } = this.#scene
    witness.begins(deed.do, 0, 'ms' in deed ? deed.ms : 'count' in deed ? deed.count : 0)
    switch (deed.do) {
      case 'advance':
        clock.advance(deed.ms)
        break
      case 'jump':
        this.wentBack ||= deed.ms < 0
        clock.jump(deed.ms)
        break
      case 'warm':
        this.#await(pool.warm(deed.key, deed.count))
        break
      case 'closeIdle':
        pool.closeIdle(deed.key)
        break
      case 'close':
        witness.isEnded = true
        this.#await(pool.close())
        break
      case 'destroy':
        witness.isEnded = true
        pool.destroy()
    }
  }

  #await(promise: Promise<void>): void {
    const over = (): void => {
      this.unfinished--
    }
    this.unfinished++
    promise.then(over, over)
  }
}
