import { type Batch, maxRecentEvents, type PoolEvent, type ShowMode } from '../protocol.ts'
import { eventsOf, type Position, type Recording, type Told } from './recording.ts'

/**
 * What is shown of a recording: all of it as it comes (`live`), all up to some place (`paused`), or
 * more and more from some place on (`replaying`).
 */
export class Player {
  readonly #recording: Recording
  #mode: ShowMode = 'live'
  #position: Position
  #t = 0
  #speed = 1

  constructor(recording: Recording) {
    this.#recording = recording
    this.#position = recording.end
  }

  get mode(): ShowMode {
    return this.#mode
  }

  /** The time that is shown. In `live` it is for the run to say. */
  get t(): number {
    return this.#t
  }

  get speed(): number {
    if (this.#mode === 'live') return 1
    return this.#mode === 'paused' ? 0 : this.#speed
  }

  /** All that whoever comes now must be told. */
  get told(): Told {
    const position = this.#mode === 'live' ? this.#recording.end : this.#position
    return this.#recording.upTo(position, maxRecentEvents)
  }

  live(): void {
    this.#mode = 'live'
  }

  /** Where it is. */
  pause(t: number): void {
    if (this.#mode === 'live') {
      this.#position = this.#recording.end
      this.#t = t
    }
    this.#mode = 'paused'
  }

  replay(from: number, speed: number): void {
    this.#mode = 'replaying'
    this.#speed = speed
    this.#position = this.#recording.positionAt(from)
    this.#t = Math.max(from, this.#recording.from)
  }

  /** Batches that are to be shown now that so much more time has passed. At the end it pauses. */
  advance(ms: number): Batch[] {
    if (this.#mode !== 'replaying') return []
    this.#t += ms * this.#speed
    const due: Batch[] = []
    let next = this.#rest()
    while (next !== undefined && next.t <= this.#t) {
      due.push(next)
      this.#position = { batch: this.#position.batch + 1, event: 0 }
      next = this.#rest()
    }
    if (next === undefined) {
      this.#mode = 'paused'
      this.#t = this.#recording.to
    }
    return due
  }

  /** The next `count` events, or as many as there are; of a batch whose last it shows, all else too. */
  step(count: number): Batch[] {
    const shown: Batch[] = []
    let left = count
    let next = this.#rest()
    while (next !== undefined && left > 0) {
      const events = eventsOf(next)
      const isWhole = events.length <= left
      const part = isWhole ? next : partOf(next, events.slice(0, left))
      const { batch, event } = this.#position
      this.#position = isWhole ? { batch: batch + 1, event: 0 } : { batch, event: event + left }
      this.#t = part.t
      left -= eventsOf(part).length
      shown.push(part)
      next = this.#rest()
    }
    return shown
  }

  /** Whether there are events that have not been shown. */
  get hasMore(): boolean {
    const { batch } = this.#position
    for (let n = batch; ; n++) {
      const next = n === batch ? this.#rest() : this.#recording.at(n)
      if (next === undefined) return false
      if (eventsOf(next).length > 0) return true
    }
  }

  /** What has not been shown of the batch that is next. */
  #rest(): Batch | undefined {
    const { start } = this.#recording
    if (this.#position.batch < start.batch) this.#position = start
    const batch = this.#recording.at(this.#position.batch)
    if (batch === undefined || this.#position.event === 0) return batch
    return { ...batch, events: eventsOf(batch).slice(this.#position.event) }
  }
}

function partOf(batch: Batch, events: readonly PoolEvent[]): Batch {
  return { type: 'batch', t: events.at(-1)?.t ?? batch.t, events }
}
