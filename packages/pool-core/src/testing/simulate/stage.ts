import { type PoolOptions, resolveOptions, type Settings } from '../../options.ts'
import { Pool } from '../../pool.ts'
import { FakeClock } from '../fake-clock.ts'
import { checkInvariants } from '../invariants.ts'
import { Actor } from './actor.ts'
import { checkBooks } from './books.ts'
import type { EventLog } from './event-log.ts'
import { faultOf } from './fault.ts'
import { lookAtAges, lookAtEnd, lookAtRest, lookAtStats } from './rules-at-rest.ts'
import type { Scene } from './scene.ts'
import { ScriptedAdapter } from './scripted-adapter.ts'
import type { ScriptedConn } from './scripted-dial.ts'
import type { Step } from './step.ts'
import { Witness } from './witness.ts'

// Enough for a dial's result to reach the pool, and from there a caller.
const TURNS = 4

/** What a script is played with. */
export interface Setting {
  readonly options: PoolOptions<never>
  /** What `adapter.expectedCapacity` answers. */
  readonly expected: number
}

/** Told of a step that found something to do, and of what it was done to. */
export type Played = (step: Step, subject: number, stage: Stage) => void

/** A pool in a scripted world: plays steps, and looks after each whether all is well. */
export class Stage implements Scene {
  readonly clock: FakeClock = new FakeClock()
  readonly settings: Settings<never>
  readonly witness: Witness
  readonly adapter: ScriptedAdapter
  readonly pool: Pool<string, ScriptedConn>
  readonly actor: Actor
  /** Nothing may be left of it. */
  isOver = false

  constructor({ options, expected }: Setting, log: EventLog) {
    this.settings = resolveOptions(options)
    this.witness = new Witness(this.settings, log)
    this.adapter = new ScriptedAdapter(this.witness, this.clock, expected)
    this.pool = new Pool<string, ScriptedConn>(this.adapter, {
      ...options,
      clock: this.clock,
      random: () => this.actor.world.share,
    })
    this.actor = new Actor(this)
  }

  /** Does one step, lets it come to its end, and looks. Says what it was done to. */
  async play(step: Step): Promise<number> {
    const subject = this.act(step)
    await this.turn()
    this.look(step)
    return subject
  }

  /** The step alone. Says what it was done to, by its number; `NOTHING` if there was nothing. */
  act(step: Step): number {
    try {
      return this.actor.act(step)
    } catch (error) {
      this.witness.blame(faultOf(error))
      return this.witness.subject
    } finally {
      this.witness.isAtRest = false
    }
  }

  /** Lets what is under way in microtasks come to its end. */
  async turn(): Promise<void> {
    for (let i = 0; i < TURNS; i++) await undefined
    this.witness.endTurn()
  }

  /** Whether all is well after a step. What is not becomes the witness's fault. */
  look(step: Step): void {
    if (this.witness.fault !== undefined) return
    try {
      checkInvariants(this.pool)
      if (step.turn) lookAtStats(this)
    } catch (error) {
      this.witness.blame(faultOf(error))
    }
    this.glance(step)
  }

  /** The part of it that costs little. */
  glance(step: Step): void {
    checkBooks(this)
    if (!step.turn) return
    lookAtRest(this)
    if (step.do === 'advance' && !this.actor.wentBack) lookAtAges(this)
  }

  /**
   * The pool is destroyed, late dials come, leases end; what is left then is a fault. Returns what
   * was played.
   */
  async end(played: Played = () => {}): Promise<Step[]> {
    const { witness } = this
    const script: Step[] = []
    const play = async (step: Step): Promise<void> => {
      script.push(step)
      played(step, await this.play(step), this)
    }
    const isRight = (): boolean => witness.fault === undefined
    await play({ do: 'destroy', turn: true })
    while (isRight() && witness.dials.length > 0) {
      await play({ do: 'finish', nth: 0, capacity: 1, turn: true })
    }
    while (isRight() && witness.holders.length > 0) {
      await play({ do: 'release', nth: 0, turn: true })
    }
    if (isRight()) await play({ do: 'close', turn: true })
    if (isRight()) this.#lookAtEnd()
    return script
  }

  #lookAtEnd(): void {
    this.isOver = true
    lookAtEnd(this, this.actor.unfinished)
  }
}
