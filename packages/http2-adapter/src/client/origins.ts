import type { ConnectionOptions } from 'node:tls'
import type { Http2Target } from '../http2-adapter.ts'
import { KeyMemory } from '../key-memory.ts'
import { show } from '../show.ts'

/** Targets of URLs: the same object for the same origin, so that it need not be worked out again. */
export class Origins {
  readonly #targets = new KeyMemory<Http2Target>()
  readonly #tls: ConnectionOptions | true

  constructor(tls: ConnectionOptions | true) {
    this.#tls = tls
  }

  of(url: URL): Http2Target {
    const known = this.#targets.get(url.origin)
    if (known !== undefined && url.username === '' && url.password === '') return known
    const target = this.#read(url)
    this.#targets.set(url.origin, target)
    return target
  }

  #read({ protocol, hostname, port, username, password, href }: URL): Http2Target {
    if (protocol !== 'http:' && protocol !== 'https:') {
      throw new TypeError(`a URL must begin with http: or https:; got ${show(href)}`)
    }
    if (username !== '' || password !== '') {
      throw new TypeError('a URL must not contain a user or a password: send a header')
    }
    const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
    if (protocol === 'http:') return { host, port: Number(port || 80) }
    return { host, port: Number(port || 443), tls: this.#tls }
  }
}
