import { Buffer } from 'node:buffer'

/** As llhttp brings them: names and values in turn. Undici 8 has arrays as values at times. */
export type RawHeaders = readonly (Buffer | string | readonly (Buffer | string)[])[]

/** Names in lower case; an array where one came more than once. */
export type Headers = Record<string, string | string[]>

/** What handlers of undici's newer generation are given. */
export function parseHeaders(raw: RawHeaders): Headers {
  const headers: Headers = {}
  for (let i = 0; i + 1 < raw.length; i += 2) {
    add(headers, nameOf(raw[i]), values(raw[i + 1]))
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

/** In lower case. Those that most responses have are recognised by their bytes: no string is made. */
function nameOf(raw: RawHeaders[number] | undefined): string {
  if (Buffer.isBuffer(raw)) {
    for (const name of usualNames[raw.length] ?? []) if (isSpelt(raw, name)) return name
  }
  return text(raw).toLowerCase()
}

/** Whether a header's name or value is this word in lower case, or with capitals. */
export function isWord(raw: RawHeaders[number] | undefined, word: string): boolean {
  if (raw?.length !== word.length) return false
  return Buffer.isBuffer(raw) ? isSpelt(raw, word) : text(raw).toLowerCase() === word
}

/** Whether a header's value is exactly this. */
export function isText(raw: RawHeaders[number] | undefined, expected: string): boolean {
  if (!Buffer.isBuffer(raw)) return text(raw) === expected
  if (raw.length !== expected.length) return false
  for (let i = 0; i < expected.length; i++) if (raw[i] !== expected.charCodeAt(i)) return false
  return true
}

function isSpelt(raw: Buffer, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    // A letter differs from its capital in this bit alone, and a hyphen has it.
    if (((raw[i] as number) | 0x20) !== name.charCodeAt(i)) return false
  }
  return true
}

/** By their length. */
const usualNames: string[][] = []
const usual = `
  accept-ranges access-control-allow-origin age alt-svc cache-control connection
  content-disposition content-encoding content-language content-length content-range content-type
  date etag expires keep-alive last-modified link location retry-after server set-cookie
  strict-transport-security trailer transfer-encoding vary via x-powered-by x-request-id`
for (const name of usual.trim().split(/\s+/)) {
  const alike = (usualNames[name.length] ??= [])
  alike.push(name)
}

function values(value: RawHeaders[number] | undefined): string | string[] {
  return Array.isArray(value) ? value.map(text) : text(value)
}

export function text(value: RawHeaders[number] | undefined): string {
  return typeof value === 'string'
    ? value
    : ((value as Buffer | undefined)?.toString('latin1') ?? '')
}

/** The other way round, for handlers of the older generation. */
export function toRawHeaders(headers: Readonly<Record<string, unknown>>): Buffer[] {
  const raw: Buffer[] = []
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      raw.push(Buffer.from(name, 'latin1'), Buffer.from(String(one), 'latin1'))
    }
  }
  return raw
}
