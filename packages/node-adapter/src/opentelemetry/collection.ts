import type { BatchObservableResult, Meter } from '@opentelemetry/api'
import { type Instruments, instrumentsOf } from './instruments.ts'
import { Tally } from './tally.ts'

/** Says, when metrics are collected, what there is now. */
export type Source = (tally: Tally) => void

/**
 * All that report to one meter. An observable instrument takes one value for each set of
 * attributes: of two pools with connections to the same server, the later one would silence the
 * other, if they did not add up what they have before.
 */
export class Collection {
  readonly instruments: Instruments
  readonly #sources = new Set<Source>()
  /** What those that have left had counted: a counter never goes back. */
  readonly #counted = new Tally()
  /** What those that have left had open is to be reported once more, as zero. */
  #left = new Tally()

  private constructor(meter: Meter) {
    this.instruments = instrumentsOf(meter)
    const { counters, upDowns } = this.instruments
    // It stays for as long as the meter: to take away a callback while callbacks are made, as
    // leaving may, makes the SDK skip another one.
    meter.addBatchObservableCallback((result) => this.#tell(result), [...counters, ...upDowns])
  }

  add(source: Source): void {
    this.#sources.add(source)
  }

  remove(source: Source): void {
    if (!this.#sources.delete(source)) return
    const last = new Tally()
    source(last)
    this.#counted.addAll(last, this.instruments.counters)
    this.#left.addAll(last, this.instruments.upDowns, 0)
  }

  #tell(result: BatchObservableResult): void {
    const { counters, upDowns } = this.instruments
    const tally = new Tally()
    tally.addAll(this.#counted, counters)
    tally.addAll(this.#left, upDowns)
    for (const source of this.#sources) source(tally)
    this.#left = new Tally()
    tally.tell(result)
  }

  static #all = new WeakMap<Meter, Collection>()

  static of(meter: Meter): Collection {
    let collection = Collection.#all.get(meter)
    if (collection === undefined) {
      collection = new Collection(meter)
      Collection.#all.set(meter, collection)
    }
    return collection
  }
}
