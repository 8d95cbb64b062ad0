import type { ReleaseHint } from '@wantconn/pool-core'
import { idleTimeoutOf } from '../agent/keep-alive-hint.ts'
import { isText, isWord, type RawHeaders, text } from './raw-headers.ts'
import type { IdleSettings } from './split-options.ts'

/** What a response says about the life of its connection. */
export interface KeepAlive {
  /** It may serve another request. */
  readonly stays: boolean
  /** How long it may be idle then; undefined: as the pool has it. */
  readonly hint: ReleaseHint | undefined
}

const closes: KeepAlive = { stays: false, hint: undefined }

/**
 * Reads the `Connection` and `Keep-Alive` headers of responses; where there is none, it is as the
 * dispatcher was told. This is done for every response, so nothing is made of headers that say the
 * usual, or what the last ones said.
 */
export class KeepAliveReader {
  readonly #settings: IdleSettings
  /** Of a server that says nothing. */
  readonly #unsaid: KeepAlive
  #lastSaid = ''
  #last: KeepAlive

  constructor(settings: IdleSettings) {
    this.#settings = settings
    this.#unsaid = keepFor(settings.keepAliveTimeout)
    this.#last = this.#unsaid
  }

  of(raw: RawHeaders): KeepAlive {
    let found = this.#unsaid
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = raw[i] as RawHeaders[number]
      // Both names have ten letters.
      if (name.length !== 10) continue
      const value = raw[i + 1]
      if (isWord(name, 'keep-alive')) found = this.#said(value)
      else if (isWord(name, 'connection') && isClose(value)) return closes
    }
    return found
  }

  #said(value: RawHeaders[number] | undefined): KeepAlive {
    if (isText(value, this.#lastSaid)) return this.#last
    this.#lastSaid = text(value)
    const { keepAliveTimeout, keepAliveTimeoutThreshold } = this.#settings
    this.#last = keepFor(
      idleTimeoutOf(this.#lastSaid, keepAliveTimeoutThreshold) ?? keepAliveTimeout,
    )
    return this.#last
  }
}

function keepFor(idleTimeoutMs: number | undefined): KeepAlive {
  if (idleTimeoutMs === undefined) return { stays: true, hint: undefined }
  return idleTimeoutMs === 0 ? closes : { stays: true, hint: Object.freeze({ idleTimeoutMs }) }
}

function isClose(value: RawHeaders[number] | undefined): boolean {
  return !isWord(value, 'keep-alive') && /\bclose\b/i.test(text(value))
}
