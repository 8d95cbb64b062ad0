import { Buffer } from 'node:buffer'
import { isSpelt, isText, type RawHeaders, text } from './raw-headers.ts'

/** Names in lower case; an array where one came more than once. */
export type Headers = Record<string, string | string[]>

/** What handlers of undici's newer generation are given. */
export function parseHeaders(raw: RawHeaders): Headers {
  const headers: Headers = {}
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]
    const value = raw[i + 1]
    const usual = Buffer.isBuffer(name) ? usualHeader(name) : undefined
    if (usual === undefined) add(headers, text(name).toLowerCase(), values(value))
    else add(headers, usual.name, Buffer.isBuffer(value) ? usual.read(value) : values(value))
  }
  return headers
}

function add(headers: Headers, name: string, value: string | string[]): void {
  // What every object inherits is no header that came before: rarely asked, as it takes its time.
  const before = headers[name]
  if (before === undefined) headers[name] = value
  else if (Object.hasOwn(headers, name)) headers[name] = ([] as string[]).concat(before, value)
  else define(headers, name, value)
}

/** Also where an assignment would call a setter. */
function define(headers: Headers, name: string, value: string | string[]): void {
  Object.defineProperty(headers, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}

function values(value: RawHeaders[number] | undefined): string | string[] {
  return Array.isArray(value) ? value.map(text) : text(value)
}

/** Longer ones are rarely the same twice. */
const longestKept = 40

/**
 * A header that most responses have: its name is recognised by its bytes, and so is a value that the
 * last response had too, as most do. No string is made of those.
 */
class UsualHeader {
  readonly name: string
  /** Not if its values are each response's own, or nobody else's business. */
  readonly #isKept: boolean
  #last = ''

  constructor(name: string, isKept: boolean) {
    this.name = name
    this.#isKept = isKept
  }

  read(value: Buffer): string {
    if (isText(value, this.#last)) return this.#last
    const read = text(value)
    if (this.#isKept && read.length <= longestKept) this.#last = read
    return read
  }
}

/**
 * Whether the value of each is remembered. They are property names here, which the engine knows by
 * identity: to give an object a property of any other name, it must look the name up each time.
 */
const isKept = {
  'accept-ranges': true,
  'access-control-allow-origin': true,
  age: true,
  'alt-svc': true,
  'cache-control': true,
  connection: true,
  'content-disposition': false,
  'content-encoding': true,
  'content-language': true,
  'content-length': true,
  'content-range': false,
  'content-type': true,
  date: true,
  etag: false,
  expires: true,
  'keep-alive': true,
  'last-modified': true,
  link: false,
  location: false,
  'retry-after': false,
  server: true,
  'set-cookie': false,
  'strict-transport-security': true,
  trailer: true,
  'transfer-encoding': true,
  vary: true,
  via: true,
  'x-powered-by': true,
  'x-request-id': false,
}

/** By the length of their names. */
const usualHeaders: UsualHeader[][] = []
for (const [name, keeps] of Object.entries(isKept)) {
  const alike = (usualHeaders[name.length] ??= [])
  alike.push(new UsualHeader(name, keeps))
}

function usualHeader(raw: Buffer): UsualHeader | undefined {
  const alike = usualHeaders[raw.length]
  if (alike === undefined) return undefined
  for (const header of alike) if (isSpelt(raw, header.name)) return header
  return undefined
}
