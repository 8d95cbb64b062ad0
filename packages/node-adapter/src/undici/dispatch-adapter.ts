import type { Socket } from 'node:net'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import type { Adapter, Link } from '@wantconn/pool-core'
import { isUnixTarget, type NetTarget } from '../target.ts'
import { hostPort } from '../target-key.ts'
import type { Http2Settings } from './h2/http2-conn.ts'
import { openHttp2 } from './h2/open-http2.ts'
import type { HttpConn } from './http-conn.ts'
import { Http1Conn, type Http1Settings } from './http1-conn.ts'
import { ProtocolMemory } from './protocol-memory.ts'
import { type OriginTarget, originOf } from './targets.ts'
import type { UndecidedDials } from './undecided-dials.ts'

/** What undici's events are made of. */
export interface DispatchAdapterEvents {
  connected(origin: string): void
  failed(origin: string, error: unknown): void
  ended(origin: string, error: Error | undefined): void
}

export interface DispatchAdapterSettings {
  readonly sockets: Adapter<NetTarget, Socket>
  readonly http1: () => Http1Settings
  readonly http2: Http2Settings
  /** What a session is expected to carry whose server has not told yet. */
  readonly expectedStreams: number
  readonly undecided: UndecidedDials
  readonly events: DispatchAdapterEvents
}

/**
 * Connections of `netAdapter` that speak HTTP; which one, TLS decides in the one dial that there is.
 *
 * The pool asks and tells them nothing when it lends them: each knows by itself when it is in use,
 * says when it is gone, and sends a request that it cannot take any more back into the line.
 */
export function dispatchAdapter(settings: DispatchAdapterSettings): Adapter<NetTarget, HttpConn> {
  const dials = new HttpDials(settings)
  return {
    key: (target) => dials.key(target),
    dial: (target, link) => dials.dial(target, link),
    expectedCapacity: (target) => dials.expectedCapacity(target),
    close: (conn) => conn.close(),
  }
}

class HttpDials {
  readonly #settings: DispatchAdapterSettings
  readonly #memory: ProtocolMemory = new ProtocolMemory()
  /** Of targets that a dispatcher has made: they are for many requests, and never change. */
  readonly #keys = new WeakMap<OriginTarget, string>()
  /** The last one of those that was asked for. */
  #target: OriginTarget | undefined = undefined
  #key = ''

  constructor(settings: DispatchAdapterSettings) {
    this.#settings = settings
  }

  key(target: OriginTarget): string {
    if (target === this.#target) return this.#key
    if (target[originOf] === undefined) return this.#keyOf(target)
    const key = this.#keys.get(target) ?? this.#keyOf(target)
    this.#keys.set(target, key)
    this.#target = target
    this.#key = key
    return key
  }

  #keyOf(target: NetTarget): string {
    const key = this.#settings.sockets.key(target)
    // Behind one path there are several origins, and a connection belongs to one of them.
    return isUnixTarget(target) ? `${key} for ${originFor(target)}` : key
  }

  expectedCapacity(target: NetTarget): number {
    if (!offersHttp2(target)) return 1
    return this.#memory.get(this.key(target)) ?? this.#settings.expectedStreams
  }

  async dial(target: NetTarget, link: Link): Promise<HttpConn> {
    const { events } = this.#settings
    const origin = originFor(target)
    try {
      const conn = offersHttp2(target)
        ? await this.#dialEither(target, origin, link)
        : await this.#dialHttp1(target, origin, link)
      conn.socket.once('close', () => events.ended(origin, conn.socket.errored ?? undefined))
      events.connected(origin)
      return conn
    } catch (error) {
      if (!link.signal.aborted) events.failed(origin, error)
      throw error
    }
  }

  async #dialHttp1(target: NetTarget, origin: string, link: Link): Promise<HttpConn> {
    // What reads and writes comes first: if there is none, nothing need be dialed.
    const http1 = this.#settings.http1()
    return new Http1Conn(await this.#settings.sockets.dial(target, link), origin, http1)
  }

  async #dialEither(target: NetTarget, origin: string, link: Link): Promise<HttpConn> {
    const { http1, http2, sockets, undecided } = this.#settings
    const key = this.key(target)
    let capacity = 0
    if (this.#memory.get(key) === undefined) undecided.begun(key, target)
    try {
      const forHttp1 = http1()
      const socket = await sockets.dial(target, link)
      if ((socket as TLSSocket).alpnProtocol !== 'h2') {
        capacity = 1
        this.#memory.set(key, 1)
        return new Http1Conn(socket, origin, forHttp1)
      }
      const conn = await openHttp2(socket, origin, link, http2)
      capacity = conn.capacity
      if (capacity > 0) this.#memory.set(key, capacity)
      return conn
    } finally {
      undecided.ended(key, capacity)
    }
  }
}

function offersHttp2({ tls }: NetTarget): boolean {
  const protocols = (tls as ConnectionOptions | undefined)?.ALPNProtocols
  return Array.isArray(protocols) && protocols.includes('h2')
}

/** Of a target that a dispatcher has made, or of one that somebody warms its pool with. */
function originFor(target: OriginTarget): string {
  const origin = target[originOf]
  if (origin !== undefined) return origin
  const protocol = target.tls === undefined ? 'http:' : 'https:'
  if (isUnixTarget(target)) return `${protocol}//localhost`
  return new URL(`${protocol}//${hostPort(target.host, target.port)}`).origin
}
