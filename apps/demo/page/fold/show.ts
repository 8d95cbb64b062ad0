import type { Batch, PoolEvent, Snapshot } from '../../src/protocol.ts'
import { Stage } from '../../src/stage-state.ts'
import { Playout } from './playout.ts'
import { Race } from './race.ts'
import { Stories } from './stories.ts'
import { Winners } from './winners.ts'

/** Of what happened between two frames, no more than this is shown moving. */
const maxFresh = 600

/** Everything that one run has told so far, as the page shows it. A snapshot begins a new one. */
export class Show {
  readonly stage: Stage
  readonly stories: Stories
  readonly winners: Winners = new Winners()
  readonly race: Race
  readonly #playout: Playout
  #fresh: PoolEvent[] = []

  constructor(snapshot: Snapshot) {
    this.stage = new Stage(snapshot.base)
    this.stories = new Stories(snapshot.base)
    this.race = new Race(snapshot)
    for (const event of snapshot.events) this.#fold(event)
    this.#fresh = []
    this.#playout = new Playout(snapshot.clock)
  }

  /** The moment that is shown; a little behind the server's, so that nothing comes in jerks. */
  get t(): number {
    return this.#playout.t
  }

  add(batch: Batch): void {
    this.race.add(batch)
    this.#playout.add(batch)
    // A page that nobody looks at has no frames, and must not hoard what it is told.
    if (this.#playout.isFull) this.advance(0)
  }

  /** Goes on by `elapsedMs` of real time; true if anything has happened. */
  advance(elapsedMs: number): boolean {
    const due = this.#playout.advance(elapsedMs)
    for (const event of due) this.#fold(event)
    return due.length > 0
  }

  /** What has happened since this was asked last. */
  takeFresh(): readonly PoolEvent[] {
    const fresh = this.#fresh
    if (fresh.length > 0) this.#fresh = []
    return fresh
  }

  #fold(event: PoolEvent): void {
    this.stage.fold(event)
    this.stories.fold(event)
    this.winners.fold(event)
    if (this.#fresh.length < maxFresh) this.#fresh.push(event)
  }
}
