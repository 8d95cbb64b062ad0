import { isIP, type Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { openSocket, type TargetWithOpener } from '../target.ts'
import { type DispatchOptions, headerOf } from './dispatch-options.ts'
import type { Connector } from './dispatcher-options.ts'
import type { Place } from './split-options.ts'
import { undiciError } from './undici-error.ts'

/** Beyond this the oldest are composed anew when they are asked for again. */
const maxRemembered = 4_096

/** From a target to the origin that it was made for: what a Host header says if there is none. */
export const originOf: unique symbol = Symbol('originOf')

export type OriginTarget = TargetWithOpener & { readonly [originOf]?: string }

/** Where requests go, if their connections may serve each other: always the same object for those. */
export interface Destination {
  readonly origin: string
  readonly target: OriginTarget
}

/** The destinations of one dispatcher's requests. */
export class Targets {
  readonly #place: Place
  readonly #allowH2: boolean
  readonly #byOrigin = new Map<string, Destination>()

  constructor(place: Place, allowH2: boolean) {
    this.#place = place
    this.#allowH2 = allowH2
  }

  /** Throws undici's error for an origin that is none. `headers`: the options', which can be read once only. */
  of(options: DispatchOptions, headers: unknown): Destination {
    const origin = nameOf(options.origin)
    // A tunnel or another protocol has the connection for itself: HTTP/1.1.
    const isPlain = options.allowH2 === false || options.upgrade || options.method === 'CONNECT'
    const name = origin.startsWith('https:') ? serverNameOf(options.servername, headers) : undefined
    const id =
      name === undefined && !isPlain ? origin : `${origin}\n${isPlain ? 1 : 2}\n${name ?? ''}`
    return this.#byOrigin.get(id) ?? this.#remember(id, origin, !isPlain, name)
  }

  /** Those that are remembered, for statistics. */
  all(): IterableIterator<Destination> {
    return this.#byOrigin.values()
  }

  #remember(id: string, given: string, mayBeH2: boolean, name: string | undefined): Destination {
    const url = parseOrigin(given)
    const isSecure = url.protocol === 'https:'
    const tls = isSecure ? this.#tls(mayBeH2 && this.#allowH2, name) : undefined
    const target = this.#targetOf(url, tls)
    const destination = { origin: url.origin, target: { ...target, [originOf]: url.origin } }
    this.#byOrigin.set(id, destination)
    if (this.#byOrigin.size > maxRemembered) {
      this.#byOrigin.delete(this.#byOrigin.keys().next().value as string)
    }
    return destination
  }

  #tls(mayBeH2: boolean, servername: string | undefined): ConnectionOptions {
    const ALPNProtocols = mayBeH2 ? ['h2', 'http/1.1'] : ['http/1.1']
    const { tls } = this.#place
    const own = servername !== undefined && tls.servername === undefined
    return { ...tls, ALPNProtocols, ...(own && { servername }) }
  }

  #targetOf(url: URL, tls: ConnectionOptions | undefined): OriginTarget {
    const { socketPath, localAddress, family, connector } = this.#place
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const where = socketPath === undefined ? { host, port } : { path: socketPath }
    const target = {
      ...where,
      ...(tls && { tls }),
      ...(socketPath === undefined && localAddress !== undefined && { localAddress }),
      ...(socketPath === undefined && family !== undefined && { family }),
    } as OriginTarget
    if (connector === undefined) return target
    return { ...target, [openSocket]: openerOf(connector, url, this.#place, tls) } as OriginTarget
  }
}

function nameOf(origin: unknown): string {
  if (typeof origin === 'string' && origin !== '') return origin
  if (origin instanceof URL) return origin.origin
  throw undiciError('UND_ERR_INVALID_ARG', 'opts.origin must be a non-empty string or URL.')
}

function parseOrigin(origin: string): URL {
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw undiciError('UND_ERR_INVALID_ARG', 'Invalid URL protocol: must be http: or https:')
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw undiciError(
      'UND_ERR_INVALID_ARG',
      `invalid url: an origin has no path, and ${origin} has`,
    )
  }
  return url
}

/** As in undici: the name that a request says, else that of its Host header; undefined: the origin's. */
function serverNameOf(servername: unknown, headers: unknown): string | undefined {
  if (servername) return servername as string
  const host = headerOf(headers, 'host')
  if (host === undefined) return undefined
  const name = host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.split(':', 1)[0]
  return name === '' || isIP(name ?? '') !== 0 ? undefined : name
}

function openerOf(
  connector: Connector,
  { host, hostname, protocol, port }: URL,
  { localAddress, tls: own, socketPath }: Place,
  tls: ConnectionOptions | undefined,
): (done: (error: Error | null | undefined, socket?: Socket) => void) => undefined {
  const servername = (tls?.servername ?? own.servername ?? null) as string | null
  const options = {
    ...{ host, hostname, protocol, port, servername, localAddress: localAddress ?? null },
    ...(socketPath !== undefined && { socketPath }),
  }
  return (done) => {
    connector(options, (error: Error | null, socket: object | null) =>
      done(error, (socket ?? undefined) as Socket | undefined),
    )
    return undefined
  }
}
