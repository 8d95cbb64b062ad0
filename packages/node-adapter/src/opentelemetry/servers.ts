import type { Attributes } from '@opentelemetry/api'
import { isDefaultPort, type Server } from './server-of-key.ts'

/** The attributes that one server's metrics have, made once: each family has its own. */
export interface ServerAttributes {
  readonly active: Attributes
  readonly idle: Attributes
  /** `http.client.connection.duration` */
  readonly connection: Attributes
  /** `http.client.request.time_in_queue` */
  readonly queue: Attributes
  readonly own: Attributes
}

/** Keys remembered for each server: many keys may lead to one. */
const KEYS_EACH = 8

/**
 * From keys to attributes, with a bound: the first `maxServers` servers have series of their own,
 * and all others share one that says `otel.metric.overflow`, as OpenTelemetry's SDKs do.
 */
export class Servers {
  readonly #poolName: string
  readonly #maxServers: number
  readonly #serverOf: (key: string) => Server | undefined
  readonly #known = new Map<string, ServerAttributes>()
  readonly #byKey = new Map<string, ServerAttributes>()
  #overflow: ServerAttributes | undefined

  constructor(poolName: string, maxServers: number, serverOf: (key: string) => Server | undefined) {
    this.#poolName = poolName
    this.#maxServers = maxServers
    this.#serverOf = serverOf
  }

  of(key: string): ServerAttributes {
    const cached = this.#byKey.get(key)
    if (cached !== undefined) return cached
    const attributes = this.#ofServer(this.#serverOf(key) ?? { address: '_OTHER' })
    if (this.#byKey.size >= this.#maxServers * KEYS_EACH) this.#byKey.clear()
    this.#byKey.set(key, attributes)
    return attributes
  }

  /** All that have been in use; what they count may be zero by now. */
  *all(): Iterable<ServerAttributes> {
    yield* this.#known.values()
    if (this.#overflow !== undefined) yield this.#overflow
  }

  #ofServer(server: Server): ServerAttributes {
    const { address, port, scheme, protocolVersion } = server
    const id = JSON.stringify([address, port, scheme, protocolVersion])
    const known = this.#known.get(id)
    if (known !== undefined) return known
    if (this.#known.size >= this.#maxServers) {
      this.#overflow ??= attributesOf(this.#poolName, { 'otel.metric.overflow': true }, {}, {})
      return this.#overflow
    }
    const attributes = attributesOfServer(this.#poolName, server)
    this.#known.set(id, attributes)
    return attributes
  }
}

function attributesOfServer(poolName: string, server: Server): ServerAttributes {
  const { address, port, scheme, protocolVersion } = server
  const withPort = port === undefined ? {} : { 'server.port': port }
  return attributesOf(
    poolName,
    { 'server.address': address, ...withPort },
    protocolVersion === undefined ? {} : { 'network.protocol.version': protocolVersion },
    scheme === undefined ? {} : { 'url.scheme': scheme },
    // Only there does the convention leave out a port that goes without saying.
    isDefaultPort(server) ? { 'server.address': address } : undefined,
  )
}

function attributesOf(
  poolName: string,
  server: Attributes,
  version: Attributes,
  scheme: Attributes,
  serverOfQueue: Attributes = server,
): ServerAttributes {
  const connection = { ...server, ...version }
  return {
    active: { 'http.connection.state': 'active', ...connection },
    idle: { 'http.connection.state': 'idle', ...connection },
    connection,
    queue: { ...serverOfQueue, ...version, ...scheme },
    own: { 'wantconn.pool.name': poolName, ...server },
  }
}
