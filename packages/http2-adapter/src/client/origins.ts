import type { ConnectionOptions } from 'node:tls'
import { type Http2Target, type KeyedTarget, knownKey } from '../http2-adapter.ts'
import { KeyMemory } from '../key-memory.ts'
import { show } from '../show.ts'

/** What all requests to one origin have in common. */
export interface Origin {
  readonly target: Http2Target
  readonly scheme: string
  readonly authority: string
}

/** Where a request goes. */
export interface Destination {
  readonly origin: Origin
  /** With the query. */
  readonly path: string
}

/** A path and query that a URL parser would leave as it is, if it has no dot behind a slash. */
const plainPath = /^[\w\-~!$&()*+,;=:@/?.]+$/

/** Reads URLs, and makes the same target for all of an origin, so that it need not be worked out again. */
export class Origins {
  readonly #origins = new KeyMemory<Origin>()
  /** As it was written in the last URL, and what it was found to be: most requests go where the last one went. */
  #lastWritten = ''
  #last: Origin | undefined = undefined
  readonly #tls: ConnectionOptions | true
  readonly #keyOf: (target: Http2Target) => string

  constructor(tls: ConnectionOptions | true, keyOf: (target: Http2Target) => string) {
    this.#tls = tls
    this.#keyOf = keyOf
  }

  read(url: string | URL): Destination {
    return (typeof url === 'string' ? this.#readPlain(url) : undefined) ?? this.#parse(url)
  }

  /** Most URLs are of an origin that is known, and have nothing in them that must be parsed. */
  #readPlain(url: string): Destination | undefined {
    const slash = url.indexOf('/', 8)
    if (slash < 0) return undefined
    const origin = this.#find(url, slash)
    if (origin === undefined) return undefined
    const path = url.slice(slash)
    return plainPath.test(path) && !path.includes('/.') ? { origin, path } : undefined
  }

  #find(url: string, slash: number): Origin | undefined {
    if (slash === this.#lastWritten.length && url.startsWith(this.#lastWritten)) return this.#last
    const written = url.slice(0, slash)
    const origin = this.#origins.get(written)
    if (origin !== undefined) {
      this.#lastWritten = written
      this.#last = origin
    }
    return origin
  }

  #parse(url: string | URL): Destination {
    const parsed = typeof url === 'string' ? new URL(url) : url
    if (parsed.username !== '' || parsed.password !== '') {
      throw new TypeError('a URL must not contain a user or a password: send a header')
    }
    const origin = this.#origins.get(parsed.origin) ?? this.#make(parsed)
    return { origin, path: parsed.pathname + parsed.search }
  }

  #make({ protocol, hostname, host, port, origin, href }: URL): Origin {
    if (protocol !== 'http:' && protocol !== 'https:') {
      throw new TypeError(`a URL must begin with http: or https:; got ${show(href)}`)
    }
    const name = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
    const target: KeyedTarget =
      protocol === 'http:'
        ? { host: name, port: Number(port || 80) }
        : { host: name, port: Number(port || 443), tls: this.#tls }
    target[knownKey] = this.#keyOf(target)
    const made = { target, scheme: protocol.slice(0, -1), authority: host }
    this.#origins.set(origin, made)
    return made
  }
}
