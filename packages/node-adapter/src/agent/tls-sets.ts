import type { ConnectionOptions } from 'node:tls'
import { tlsOptionNames } from '../tls/tls-options.ts'
import type { RequestOptions } from './node-http.ts'

/** The TLS options that a request and its agent come to, without the name to ask for. */
export interface TlsSet {
  /** Never the same for two sets. */
  readonly id: number
  readonly options: ConnectionOptions
}

type Values = Record<string, unknown>

const none: TlsSet = { id: 0, options: {} }
const names = [...tlsOptionNames].filter((name) => name !== 'servername')
/** More different sets than this at the same time cost a digest of their certificates each. */
const maxRecent = 16
let lastId = 0

/**
 * Finds the same object for the same TLS options again, as that is what a digest of certificates and
 * keys is remembered by. Options are compared one by one; those of the agent win.
 */
export class TlsSets {
  readonly #recent: TlsSet[] = []

  of(given: RequestOptions, own: RequestOptions): TlsSet {
    const options = collect(given as Values, own as Values)
    if (options === undefined) return none
    return this.#recent.find((set) => isSame(set.options as Values, options)) ?? this.#add(options)
  }

  #add(options: Values): TlsSet {
    const set = { id: ++lastId, options }
    this.#recent.unshift(set)
    if (this.#recent.length > maxRecent) this.#recent.pop()
    return set
  }
}

function collect(given: Values, own: Values): Values | undefined {
  let options: Values | undefined
  for (const name of names) {
    const value = own[name] ?? given[name]
    if (value === undefined || value === null) continue
    options ??= {}
    // A list may be changed afterwards, and is another one then.
    options[name] = Array.isArray(value) ? [...value] : value
  }
  return options
}

function isSame(one: Values, other: Values): boolean {
  const keys = Object.keys(one)
  if (keys.length !== Object.keys(other).length) return false
  return keys.every((key) => isEqual(one[key], other[key]))
}

/** A list made anew for each request is still the same list of certificates. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
  return one.every((item, i) => item === other[i])
}
