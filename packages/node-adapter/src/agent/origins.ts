import { isIP } from 'node:net'
import { fingerprint } from '../fingerprint.ts'
import type { NetTarget } from '../target.ts'
import type { AgentFace, NodeMethods } from './agent-face.ts'
import type { AgentRequest, RequestOptions } from './node-http.ts'
import { type AgentTarget, type Origin, originOf } from './origin.ts'
import { serverNameOf } from './server-name.ts'
import { type TlsSet, TlsSets } from './tls-sets.ts'

/** Beyond this the oldest are composed anew when they are asked for again. */
const maxRemembered = 4_096

/** What of a request's and its agent's options says where to. The agent's win, as in Node. */
interface Place {
  readonly host: string
  readonly port: number
  readonly localAddress: string | undefined
  readonly family: 4 | 6 | undefined
  readonly socketPath: string | undefined
  /** Undefined for an agent that does not speak TLS. */
  readonly servername: string | undefined
}

/** An origin, and what it was found by. */
interface Found {
  readonly place: Place
  readonly tls: TlsSet | undefined
  readonly distinct: string | undefined
  readonly origin: Origin
}

/** The origins of one agent's requests. */
export class Origins {
  readonly #agent: AgentFace
  readonly #nodes: NodeMethods
  readonly #tlsSets: TlsSets | undefined
  readonly #byId = new Map<string, Origin>()
  #last: Found | undefined

  constructor(agent: AgentFace, nodes: NodeMethods, isSecure: boolean) {
    this.#agent = agent
    this.#nodes = nodes
    this.#tlsSets = isSecure ? new TlsSets() : undefined
  }

  of(req: AgentRequest, given: RequestOptions): Origin {
    const place = this.#placeOf(req, given)
    const tls = this.#tlsSets?.of(given, this.#agent.options)
    const distinct = this.#distinctName(given, place)
    const last = this.#last
    if (last !== undefined && isFor(last, place, tls, distinct)) return last.origin
    const id = idOf(place, tls, distinct)
    const origin = this.#byId.get(id) ?? this.#remember(id, place, tls, distinct)
    this.#last = { place, tls, distinct, origin }
    return origin
  }

  #placeOf(req: AgentRequest, given: RequestOptions): Place {
    const own = this.#agent.options
    const host = own.host ?? given.host ?? 'localhost'
    const family = own.family ?? given.family
    const name = this.#tlsSets && serverNameOf(req, own.servername ?? given.servername, host)
    return {
      host,
      port: Number(own.port ?? given.port),
      localAddress: own.localAddress ?? given.localAddress,
      family: family === 4 || family === 6 ? family : undefined,
      socketPath: (own.socketPath ?? given.socketPath) || undefined,
      servername: name,
    }
  }

  /** Set for an agent with a `getName` of its own: what that tells apart is not to be mixed. */
  #distinctName(given: RequestOptions, { servername }: Place): string | undefined {
    const agent = this.#agent
    if (agent.getName === this.#nodes.getName) return undefined
    return agent.getName({
      ...given,
      ...agent.options,
      ...(servername !== undefined && { servername }),
    })
  }

  #remember(
    id: string,
    place: Place,
    tls: TlsSet | undefined,
    distinct: string | undefined,
  ): Origin {
    const agent = this.#agent
    const named = { ...place, ...tls?.options } as RequestOptions
    let name: string | undefined = distinct
    const origin: Origin = {
      target: targetOf(place, tls, distinct),
      servername: place.servername,
      key: undefined,
      // Not before somebody asks: with certificates in it, it is long.
      get name() {
        name ??= agent.getName(named)
        return name
      },
    }
    Object.assign(origin.target, { [originOf]: origin } satisfies Partial<AgentTarget>)
    this.#byId.set(id, origin)
    if (this.#byId.size > maxRemembered) this.#byId.delete(this.#byId.keys().next().value as string)
    return origin
  }
}

/** Requests to one origin often follow one another: no string is made for them. */
function isFor(
  last: Found,
  place: Place,
  tls: TlsSet | undefined,
  distinct: string | undefined,
): boolean {
  const { host, port, localAddress, family, socketPath, servername } = last.place
  return (
    host === place.host &&
    port === place.port &&
    localAddress === place.localAddress &&
    family === place.family &&
    socketPath === place.socketPath &&
    servername === place.servername &&
    last.tls === tls &&
    last.distinct === distinct
  )
}

/** A length before the names that may contain what separates the others. */
function idOf(place: Place, tls: TlsSet | undefined, distinct: string | undefined): string {
  const { host, port, localAddress = '', family = 0, socketPath, servername = '' } = place
  const where = socketPath === undefined ? `${host}\n${port}\n${family}\n${localAddress}` : ''
  const name = distinct === undefined ? '' : `${distinct.length}:${distinct}`
  return `${where}\n${servername}\n${tls?.id}\n${name}\n${socketPath ?? ''}`
}

function targetOf(place: Place, set: TlsSet | undefined, distinct: string | undefined): NetTarget {
  const { host, port, localAddress, family, socketPath } = place
  const tls = set && { ...set.options, ...named(place) }
  return {
    ...(socketPath === undefined ? { host, port } : { path: socketPath }),
    ...(socketPath === undefined && localAddress !== undefined && { localAddress }),
    ...(socketPath === undefined && family !== undefined && { family }),
    ...(tls && { tls: Object.keys(tls).length > 0 ? tls : true }),
    // Node's own names have certificates and keys in them.
    ...(distinct !== undefined && { partition: fingerprint(distinct) }),
  } as NetTarget
}

/** Only a name that does not follow from the host. */
function named({ host, socketPath, servername }: Place): { servername?: string | undefined } {
  const usual = socketPath === undefined && (isIP(host) === 0 ? host : '')
  return servername === usual ? {} : { servername }
}
