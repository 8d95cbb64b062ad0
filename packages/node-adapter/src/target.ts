import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { OpenSocket } from './dial-socket.ts'
import type { ProxyInput } from './proxy/proxy-plan.ts'
import { show } from './show.ts'
import { isHost } from './target-host.ts'

/** What every target may have. One that has been used must not be changed afterwards. */
interface CommonTarget {
  /**
   * Speak TLS; `true`: with Node's defaults. Those of Node's options that say how, not where to:
   * `servername` (default: the host), `ca`, `cert`, `key`, `ALPNProtocols`, `rejectUnauthorized`, ….
   * Give the same object again where it is the same, as it is checked and digested once.
   */
  readonly tls?: ConnectionOptions | true | undefined
  /**
   * Sets connections apart that would be interchangeable otherwise: of a tenant, say, or of a user
   * whom the server knows by the connection. Stands in the key as it is, so no secret. Default: none.
   */
  readonly partition?: string | undefined
}

/** A TCP address. */
export interface TcpTarget extends CommonTarget {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string
  /** 1 to 65535. */
  readonly port: number
  /** The IP address to connect from. */
  readonly localAddress?: string | undefined
  /** 4 or 6: only addresses of this family; 0: both. */
  readonly family?: 0 | 4 | 6 | undefined
  /**
   * The proxy to go through; `false`: none. Default: that of the adapter. The proxy looks the host
   * up; `localAddress` and `family` are for the way to the proxy then.
   */
  readonly proxy?: ProxyInput | false | undefined
}

/** A Unix domain socket, or a named pipe on Windows. */
export interface UnixTarget extends CommonTarget {
  readonly path: string
}

/** What a connection is wanted to. */
export type NetTarget = TcpTarget | UnixTarget

/**
 * How to open this target's socket, where that is not `net.connect`. An agent puts it here, so that
 * its `createConnection` is called with all that its request was given. No part of the key.
 */
export const openSocket: unique symbol = Symbol('openSocket')

/**
 * That way leads straight to the target, and nowhere else: it is not taken where a proxy stands between.
 * Whoever has a proxy may rely on it that nothing goes past it.
 */
export const onlyDirect: unique symbol = Symbol('onlyDirect')

export type TargetWithOpener = NetTarget & {
  readonly [openSocket]?: OpenSocket
  readonly [onlyDirect]?: boolean
}

const tcpFields = new Set(['host', 'port', 'localAddress', 'family', 'tls', 'proxy', 'partition'])
const unixFields = new Set(['path', 'tls', 'partition'])

export function isUnixTarget(target: NetTarget): target is UnixTarget {
  return (target as Partial<UnixTarget>).path !== undefined
}

/** Throws `TypeError` or `RangeError`, naming field and value, for what cannot be dialed. */
export function checkTarget(target: NetTarget): void {
  if (typeof target !== 'object' || target === null) {
    throw new TypeError(`a NetTarget must be an object; got ${show(target)}`)
  }
  if (isUnixTarget(target)) checkUnixTarget(target)
  else checkTcpTarget(target)
  const { partition } = target
  if (partition !== undefined && (typeof partition !== 'string' || partition === '')) {
    throw wrong('partition', 'a name', partition)
  }
}

function checkTcpTarget(target: TcpTarget): void {
  checkFields(target, tcpFields)
  checkHost(target.host)
  checkPort(target.port)
  if (target.localAddress !== undefined && isIP(target.localAddress) === 0) {
    throw wrong('localAddress', 'an IP address', target.localAddress)
  }
  const { family, localAddress } = target
  if (family !== undefined && family !== 4 && family !== 6 && family !== 0) {
    throw wrong('family', '4, 6, or 0 for both', family)
  }
  if (family && localAddress !== undefined && isIP(localAddress) !== family) {
    throw wrong('family', `that of localAddress ${localAddress}`, family)
  }
}

function checkUnixTarget(target: UnixTarget): void {
  checkFields(target, unixFields)
  const { path } = target
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw wrong('path', 'the path of a socket', path)
  }
}

// What it does not know it must not ignore: a target with `tls` would be dialed in the clear.
function checkFields(target: NetTarget, known: ReadonlySet<string>): void {
  for (const field in target) {
    const value = (target as unknown as Record<string, unknown>)[field]
    if (known.has(field) || value === undefined) continue
    const names = [...known].join(', ')
    throw new TypeError(`NetTarget.${field} (${show(value)}) is unknown; known are ${names}`)
  }
}

function checkHost(host: unknown): void {
  if (typeof host === 'string' && isHost(host)) return
  throw wrong('host', 'a name or an IP address (IPv6 without brackets), nothing more', host)
}

function checkPort(port: unknown): void {
  if (typeof port !== 'number') throw wrong('port', 'a number', port)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new RangeError(`NetTarget.port must be a whole number from 1 to 65535; got ${port}`)
  }
}

function wrong(field: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`NetTarget.${field} must be ${wanted}; got ${show(value)}`)
}
