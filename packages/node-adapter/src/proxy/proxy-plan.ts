import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { ConnectionOptions } from 'node:tls'
import { fingerprint } from '../fingerprint.ts'
import { show } from '../show.ts'
import { asciiHost, isHost } from '../target-host.ts'
import { hostPort } from '../target-key.ts'
import { planTls, type TlsPlan, tlsKey } from '../tls/tls-plan.ts'

/** A proxy with more to say than its URL. Must not be changed once it has been used. */
export interface NetProxy {
  /**
   * `http:` or `https:` (`CONNECT`), `socks5:` or `socks5h:` (alike: the proxy looks names up). User
   * and password, percent-encoded, are for `Proxy-Authorization: Basic` or SOCKS5 (RFC 1929).
   */
  readonly url: string | URL
  /** How to speak TLS to an `https:` proxy; default: with Node's defaults. */
  readonly tls?: ConnectionOptions | undefined
  /** More headers for `CONNECT`, such as a `Proxy-Authorization` of another kind. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** A proxy as it may be given: its URL, or that with more. */
export type ProxyInput = string | URL | NetProxy

/** A proxy, read and checked. */
export interface ProxyPlan {
  readonly kind: 'http' | 'https' | 'socks5'
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string
  readonly headers: Readonly<Record<string, string>>
  /** Only for `https`. */
  readonly tls: TlsPlan | undefined
  /** Its URL, secrets as a fingerprint. */
  readonly key: string
}

const kinds: Readonly<Record<string, readonly [ProxyPlan['kind'], number]>> = {
  'http:': ['http', 80],
  'https:': ['https', 443],
  'socks5:': ['socks5', 1080],
  'socks5h:': ['socks5', 1080],
}

const read = new WeakMap<object, ProxyPlan>()

/** The same for URLs in strings, as many as a process may be expected to have. */
const readStrings = new Map<string, ProxyPlan>()
const maxStrings = 100

/** Throws `TypeError`, naming `what` and the value without its password, for what is no proxy. */
export function readProxy(what: string, input: ProxyInput): ProxyPlan {
  if (typeof input === 'string') return readString(what, input)
  if (typeof input !== 'object' || input === null) {
    throw new TypeError(`${what} must be the URL of a proxy, or { url, … }; got ${show(input)}`)
  }
  // A URL object may be changed, and costs little to read.
  if (input instanceof URL) return readOptions(what, { url: input })
  let proxy = read.get(input)
  if (proxy === undefined) {
    proxy = readOptions(what, input)
    read.set(input, proxy)
  }
  return proxy
}

function readString(what: string, url: string): ProxyPlan {
  let proxy = readStrings.get(url)
  if (proxy === undefined) {
    proxy = readOptions(what, { url })
    if (readStrings.size >= maxStrings) readStrings.clear()
    readStrings.set(url, proxy)
  }
  return proxy
}

function readOptions(
  what: string,
  { url: given, tls, headers = {}, ...rest }: NetProxy,
): ProxyPlan {
  for (const name in rest) throw new TypeError(`${what}.${name} is unknown`)
  const url = readUrl(what, given)
  const [kind, defaultPort] = kinds[url.protocol] as readonly [ProxyPlan['kind'], number]
  const host = asciiHost(unbracketed(url.hostname))
  const port = url.port === '' ? defaultPort : Number(url.port)
  const credentials = readCredentials(what, url)
  checkHeaders(what, kind, headers)
  if (kind === 'socks5') checkSocks(what, credentials)
  if (kind !== 'https' && tls !== undefined) {
    throw new TypeError(`${what}.tls is for https: proxies; this one is ${url.protocol}`)
  }
  const plain = `${kind}://${hostPort(host, port)}${secretsKey(credentials, headers)}`
  const ends = { kind, host, port, ...credentials, headers }
  if (kind !== 'https') return { ...ends, tls: undefined, key: plain }
  const key = plain + tlsKey(`${what}.tls`, tls ?? true, host)
  return { ...ends, tls: planTls(`${what}.tls`, tls ?? true, host, key), key }
}

function readUrl(what: string, given: unknown): URL {
  const text = given instanceof URL ? given.href : given
  if (typeof text !== 'string') throw new TypeError(`${what} must have a URL; got ${show(given)}`)
  // The parser of URLs would take line breaks out in silence.
  const url = /[\s\p{Cc}]/u.test(text) || !URL.canParse(text) ? undefined : new URL(text)
  if (url === undefined || !Object.hasOwn(kinds, url.protocol)) {
    throw bad(what, `the URL of a proxy (${Object.keys(kinds).join(', ')})`, text)
  }
  if (!isHost(unbracketed(url.hostname))) throw bad(what, 'a URL with the name of a host', text)
  if (url.port === '0') throw bad(what, 'a URL with a port from 1 to 65535', text)
  if ((url.pathname !== '' && url.pathname !== '/') || url.search !== '' || url.hash !== '') {
    throw bad(what, 'a URL without a path', text)
  }
  return url
}

function unbracketed(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}

interface Credentials {
  readonly username: string
  readonly password: string
}

function readCredentials(what: string, url: URL): Credentials {
  try {
    return {
      username: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
    }
  } catch {
    throw bad(what, 'a URL whose user and password are percent-encoded', url.href)
  }
}

// RFC 1929 has one byte for their lengths.
function checkSocks(what: string, { username, password }: Credentials): void {
  if (Buffer.byteLength(username) <= 255 && Buffer.byteLength(password) <= 255) return
  throw new RangeError(`${what} must have a user and a password of 255 bytes at most`)
}

function checkHeaders(what: string, kind: ProxyPlan['kind'], headers: unknown): void {
  if (typeof headers !== 'object' || headers === null) {
    throw new TypeError(`${what}.headers must be an object; got ${show(headers)}`)
  }
  for (const [name, value] of Object.entries(headers)) {
    if (kind === 'socks5') throw new TypeError(`${what}.headers is for http: and https: proxies`)
    checkHeader(`${what}.headers`, name, value)
  }
}

// A value is not shown: it may be what the proxy lets one in for.
function checkHeader(what: string, name: string, value: unknown): void {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value as string)
  } catch (error) {
    throw new TypeError(`${what}: ${(error as Error).message}`, { cause: error })
  }
}

function secretsKey(credentials: Credentials, headers: object): string {
  const isOpen = credentials.username === '' && credentials.password === ''
  if (isOpen && Object.keys(headers).length === 0) return ''
  return `#${fingerprint({ ...credentials, headers })}`
}

/** Whatever stands before an @ may be a password. */
function bad(what: string, wanted: string, text: string): TypeError {
  return new TypeError(`${what} must be ${wanted}; got ${show(text.replace(/^.*@/su, '…@'))}`)
}
