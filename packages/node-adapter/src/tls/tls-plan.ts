import { isIP } from 'node:net'
import { type ConnectionOptions, createSecureContext, type SecureContext } from 'node:tls'
import { fingerprint } from '../fingerprint.ts'
import { checkTlsOptions } from './tls-options.ts'

/** How to speak TLS on a connection that is there. */
export interface TlsPlan {
  readonly options: ConnectionOptions
  /** What the certificate must be for, unless `servername` is given. Not for a Unix domain socket. */
  readonly host: string | undefined
  /** The name to ask for (SNI); empty: none. */
  readonly servername: string
  /** Sessions are resumed among equal ones only: whoever resumes does not look at the certificate again. */
  readonly sessionKey: string
  /** Throws what is wrong with certificates and keys. */
  secureContext(): SecureContext
}

/** What the same options object always comes to. */
interface Digest {
  readonly options: ConnectionOptions
  readonly key: string
  context: SecureContext | undefined
}

const plain: Digest = { options: {}, key: '', context: undefined }
const digests = new WeakMap<object, Digest>()

/** The part of a key that says which TLS it is. Starts with a space unless it is empty. */
export function tlsKey(
  what: string,
  tls: ConnectionOptions | true,
  host: string | undefined,
): string {
  const { options, key } = digestOf(what, tls)
  const isNamed = options.servername !== undefined
  const servername = isNamed ? servernameOf(options, host) : ''
  const named = isNamed && servername !== defaultServername(host) ? ` name=${servername}` : ''
  return named + (isVerified(options) ? '' : ' unverified') + key
}

export function planTls(
  what: string,
  tls: ConnectionOptions | true,
  host: string | undefined,
  sessionKey: string,
): TlsPlan {
  const digest = digestOf(what, tls)
  // Settled here, so that it is what the key says even if the environment changes.
  const options = { ...digest.options, rejectUnauthorized: isVerified(digest.options) }
  const servername = servernameOf(options, host)
  const secureContext = (): SecureContext => {
    digest.context ??= options.secureContext ?? createSecureContext(options)
    return digest.context
  }
  return { options, host, servername, sessionKey, secureContext }
}

function digestOf(what: string, tls: ConnectionOptions | true): Digest {
  if (tls === true) return { ...plain }
  let digest = digests.get(tls)
  if (digest === undefined) {
    checkTlsOptions(what, tls)
    const options = given(tls)
    digest = { options, key: keyOf(options), context: undefined }
    digests.set(tls, digest)
  }
  return digest
}

function given(tls: ConnectionOptions): ConnectionOptions {
  return Object.fromEntries(Object.entries(tls).filter(([, value]) => value != null))
}

function servernameOf({ servername }: ConnectionOptions, host: string | undefined): string {
  return servername?.toLowerCase() ?? defaultServername(host)
}

/** An address is no name that can be asked for; a trailing dot is for the resolver only. */
function defaultServername(host: string | undefined): string {
  if (host === undefined || isIP(host) !== 0) return ''
  return host.endsWith('.') ? host.slice(0, -1) : host
}

function isVerified({ rejectUnauthorized }: ConnectionOptions): boolean {
  return rejectUnauthorized ?? process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0'
}

/** What people may want to read in statistics as it is; anything else as one fingerprint. */
function keyOf(options: ConnectionOptions): string {
  const {
    servername: _,
    rejectUnauthorized: __,
    enableTrace: ___,
    ALPNProtocols,
    ...rest
  } = options
  const alpn = alpnNames(ALPNProtocols)
  let key = alpn.length > 0 ? ` alpn=${alpn.join(',')}` : ''
  if (Object.keys(rest).length > 0) key += ` #${fingerprint(rest)}`
  return key
}

function alpnNames(given: ConnectionOptions['ALPNProtocols']): string[] {
  if (given === undefined) return []
  const names = ArrayBuffer.isView(given) ? splitAlpn(given) : given.map(String)
  return names.map((name) => encodeURIComponent(name).replaceAll('%2F', '/'))
}

/** The form of the wire: each name behind a byte that tells its length. */
function splitAlpn(view: NodeJS.ArrayBufferView): string[] {
  const wire = Buffer.from(view.buffer, view.byteOffset, view.byteLength)
  const names: string[] = []
  for (let at = 0; at < wire.length; at += 1 + (wire[at] as number)) {
    names.push(wire.toString('latin1', at + 1, at + 1 + (wire[at] as number)))
  }
  return names
}
