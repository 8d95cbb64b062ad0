import { idleTimeoutOf } from '../agent/keep-alive-hint.ts'
import type { IdleSettings } from './split-options.ts'

/**
 * How long a connection may be idle, by the `Keep-Alive` header of its last response; else what the
 * dispatcher was told for those whose server says nothing. 0: not at all; undefined: as the pool has it.
 */
export class IdleTimes {
  readonly #settings: IdleSettings
  // Servers say the same all the time.
  #lastHeader: string | undefined = undefined
  #lastMs: number | undefined = undefined

  constructor(settings: IdleSettings) {
    this.#settings = settings
  }

  of(header: string | undefined): number | undefined {
    if (header === undefined) return this.#settings.keepAliveTimeout
    if (header !== this.#lastHeader) {
      this.#lastHeader = header
      this.#lastMs =
        idleTimeoutOf(header, this.#settings.keepAliveTimeoutThreshold) ??
        this.#settings.keepAliveTimeout
    }
    return this.#lastMs
  }
}
