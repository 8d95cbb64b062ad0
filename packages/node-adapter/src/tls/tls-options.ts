import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { show } from '../show.ts'

type Check = (name: string, value: unknown) => void

/** What a TLS socket can be told beside its address, of Node 20 to 26, and how it is checked. */
const checks: Readonly<Record<string, Check>> = {
  ALPNProtocols: checkAlpn,
  allowPartialTrustChain: isBoolean,
  ca: isBytes,
  cert: isBytes,
  certificateCompression: anything,
  checkServerIdentity: isFunction,
  ciphers: isString,
  clientCertEngine: isString,
  crl: isBytes,
  dhparam: isBytes,
  ecdhCurve: isString,
  enableTrace: isBoolean,
  honorCipherOrder: isBoolean,
  key: isBytes,
  maxVersion: isString,
  minDHSize: isNumber,
  minVersion: isString,
  passphrase: isString,
  pfx: isBytes,
  privateKeyEngine: isString,
  privateKeyIdentifier: isString,
  pskCallback: isFunction,
  rejectUnauthorized: isBoolean,
  requestCert: isBoolean,
  requestOCSP: isBoolean,
  secureContext: isObject,
  secureOptions: isNumber,
  secureProtocol: isString,
  servername: checkServername,
  session: isBytes,
  sessionIdContext: isString,
  sessionTimeout: isNumber,
  sigalgs: isString,
  ticketKeys: isBytes,
}

/** The names of all that a target's `tls` may have. */
export const tlsOptionNames: ReadonlySet<string> = new Set(Object.keys(checks))

/** Throws `TypeError`, naming option and value; `what` is whose options they are. */
export function checkTlsOptions(what: string, tls: unknown): asserts tls is ConnectionOptions {
  if (typeof tls !== 'object' || tls === null || Array.isArray(tls)) {
    throw new TypeError(`${what} must be true or an object of options; got ${show(tls)}`)
  }
  for (const name in tls) {
    const value = (tls as Record<string, unknown>)[name]
    // `null` is not given either, as in Node's own options.
    if (value === undefined || value === null) continue
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined
    // Ignored, it might be the one that makes the difference: `rejectUnauthorised`, `socket`.
    if (check === undefined) throw new TypeError(`${what}.${name} (${show(value)}) is unknown`)
    check(`${what}.${name}`, value)
  }
}

function wrong(name: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${name} must be ${wanted}; got ${show(value)}`)
}

function anything(): void {}

function isString(name: string, value: unknown): void {
  if (typeof value !== 'string') throw wrong(name, 'a string', value)
}

function isNumber(name: string, value: unknown): void {
  if (typeof value !== 'number') throw wrong(name, 'a number', value)
}

function isBoolean(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw wrong(name, 'true or false', value)
}

function isFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw wrong(name, 'a function', value)
}

function isObject(name: string, value: unknown): void {
  if (typeof value !== 'object') throw wrong(name, 'an object', value)
}

// Node tells precisely what is wrong with a certificate; here only what cannot be one at all.
function isBytes(name: string, value: unknown): void {
  const isIt = typeof value === 'string' || typeof value === 'object'
  if (!isIt) throw wrong(name, 'a string, a Buffer, or a list of them', value)
}

function checkServername(name: string, value: unknown): void {
  if (typeof value !== 'string') throw wrong(name, 'a string', value)
  if (isIP(value) !== 0) throw wrong(name, 'a name, as RFC 6066 has no addresses there', value)
  if (!/^[^\s\p{Cc}]*$/u.test(value)) throw wrong(name, 'free of control characters', value)
}

function checkAlpn(name: string, value: unknown): void {
  if (ArrayBuffer.isView(value)) return
  if (!Array.isArray(value)) throw wrong(name, 'a list of protocols', value)
  for (const protocol of value) {
    const length = typeof protocol === 'string' ? Buffer.byteLength(protocol) : protocol?.byteLength
    if (!(length >= 1 && length <= 255)) throw wrong(name, 'names of 1 to 255 bytes', protocol)
  }
}
