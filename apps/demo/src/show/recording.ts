import type { Batch, PoolEvent, StageState } from '../protocol.ts'
import { Stage } from '../stage-state.ts'

export interface RecordingLimits {
  readonly maxEvents: number
  readonly maxMs: number
}

/** A place between two events: before event `event` of batch `batch`, counted from the first there ever was. */
export interface Position {
  readonly batch: number
  readonly event: number
}

/** What was told up to some position. */
export interface Told {
  readonly base: StageState
  readonly events: readonly PoolEvent[]
  readonly batches: readonly Batch[]
}

/**
 * The latest part of what was told of a run, within limits. What has to go is folded into `base`, so
 * that what is left is still told from a known beginning.
 */
export class Recording {
  readonly #limits: RecordingLimits
  readonly #base = new Stage()
  #batches: Batch[] = []
  /** How many went before the first of `#batches`. */
  #gone = 0
  #events = 0

  constructor(limits: RecordingLimits) {
    this.#limits = limits
  }

  add(batch: Batch): void {
    this.#batches.push(batch)
    this.#events += eventsOf(batch).length
    let tooMany = 0
    while (this.#isTooMuch(tooMany, batch.t)) this.#fold(this.#batches[tooMany++] as Batch)
    if (tooMany > 0) this.#batches.splice(0, tooMany)
    this.#gone += tooMany
  }

  get start(): Position {
    return { batch: this.#gone, event: 0 }
  }

  get end(): Position {
    return { batch: this.#gone + this.#batches.length, event: 0 }
  }

  get from(): number {
    return this.#batches[0]?.t ?? 0
  }

  get to(): number {
    return this.#batches.at(-1)?.t ?? 0
  }

  /** `undefined`: it has not been added yet, or it is gone. */
  at(batch: number): Batch | undefined {
    return this.#batches[batch - this.#gone]
  }

  /** Before the first batch of this time or later. */
  positionAt(t: number): Position {
    const found = this.#batches.findIndex((batch) => batch.t >= t)
    return found === -1 ? this.end : { batch: this.#gone + found, event: 0 }
  }

  /** All that was told before a position; of its events the latest `most`, the others in `base`. */
  upTo({ batch, event }: Position, most: number): Told {
    const batches = this.#batches.slice(0, Math.max(0, batch - this.#gone))
    const events = batches.flatMap(eventsOf)
    events.push(...eventsOf(this.at(batch) ?? nothing).slice(0, event))
    const base = new Stage(this.#base.snapshot())
    const early = Math.max(0, events.length - most)
    for (const one of events.slice(0, early)) base.fold(one)
    return { base: base.snapshot(), events: events.slice(early), batches }
  }

  #isTooMuch(gone: number, now: number): boolean {
    const oldest = this.#batches[gone]
    if (oldest === undefined || gone === this.#batches.length - 1) return false
    return this.#events > this.#limits.maxEvents || oldest.t < now - this.#limits.maxMs
  }

  #fold(batch: Batch): void {
    for (const event of eventsOf(batch)) this.#base.fold(event)
    this.#events -= eventsOf(batch).length
  }
}

export function eventsOf(batch: Batch): readonly PoolEvent[] {
  return batch.events ?? []
}

const nothing: Batch = { type: 'batch', t: 0 }
