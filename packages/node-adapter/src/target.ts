import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { domainToASCII } from 'node:url'
import type { OpenSocket } from './dial-socket.ts'
import { show } from './show.ts'

/** What every target may have. One that has been used must not be changed afterwards. */
interface CommonTarget {
  /**
   * Speak TLS; `true`: with Node's defaults. Those of Node's options that say how, not where to:
   * `servername` (default: the host), `ca`, `cert`, `key`, `ALPNProtocols`, `rejectUnauthorized`, ….
   * Give the same object again where it is the same, as it is checked and digested once.
   */
  readonly tls?: ConnectionOptions | true | undefined
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

export type TargetWithOpener = NetTarget & { readonly [openSocket]?: OpenSocket }

const later = new Set(['proxy'])
const tcpFields = new Set(['host', 'port', 'localAddress', 'family', 'tls'])
const unixFields = new Set(['path', 'tls'])

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
    const why = later.has(field) ? 'is not supported yet' : 'is unknown'
    throw new TypeError(
      `NetTarget.${field} (${show(value)}) ${why}; known are ${[...known].join(', ')}`,
    )
  }
}

function checkHost(host: unknown): void {
  if (typeof host !== 'string' || host === '') throw wrong('host', 'a name or an IP address', host)
  if (/[\s\p{Cc}]/u.test(host)) throw wrong('host', 'free of spaces and control characters', host)
  if (isIP(host) !== 0) return
  // All that would mean something in a URL: it has been given with its port, path or user.
  if (/[:/?#@[\]\\]/.test(host)) throw wrong('host', 'a name or an IP address, nothing more', host)
  if (asciiHost(host) === '') throw wrong('host', 'a name that IDNA allows', host)
}

/** A host as it is looked up, compared and asked for: lower case, and as IDNA has it. */
export function asciiHost(host: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII.
  return /^[\x00-\x7f]*$/.test(host) ? host.toLowerCase() : domainToASCII(host)
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
