import type { Attributes, BatchObservableResult, Observable } from '@opentelemetry/api'

interface Entry {
  readonly attributes: Attributes
  value: number
}

/** What observable instruments are to say, added up where pools have the same attributes. */
export class Tally {
  readonly #entries = new Map<Observable, Map<string, Entry>>()

  add(instrument: Observable, value: number, attributes: Attributes): void {
    const entries = this.#entriesOf(instrument)
    const id = JSON.stringify(attributes)
    const entry = entries.get(id)
    if (entry === undefined) entries.set(id, { attributes, value })
    else entry.value += value
  }

  /** Adds those of another one, each times a factor. */
  addAll(other: Tally, instruments: readonly Observable[], factor: 0 | 1 = 1): void {
    for (const instrument of instruments) {
      for (const { attributes, value } of other.#entriesOf(instrument).values()) {
        this.add(instrument, value * factor, attributes)
      }
    }
  }

  tell(result: BatchObservableResult): void {
    for (const [instrument, entries] of this.#entries) {
      for (const { attributes, value } of entries.values()) {
        result.observe(instrument, value, attributes)
      }
    }
  }

  #entriesOf(instrument: Observable): Map<string, Entry> {
    let entries = this.#entries.get(instrument)
    if (entries === undefined) this.#entries.set(instrument, (entries = new Map()))
    return entries
  }
}
