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
  const before = Object.hasOwn(headers, name) ? headers[name] : undefined
  const all = before === undefined ? value : ([] as string[]).concat(before, value)
  if (name !== '__proto__') headers[name] = all
  else Object.defineProperty(headers, name, { value: all, enumerable: true, configurable: true })
}

/** In lower case. Those that most responses have are recognised by their bytes: no string is made. */
function nameOf(raw: RawHeaders[number] | undefined): string {
  if (Buffer.isBuffer(raw)) {
    for (const name of usualNames[raw.length] ?? []) if (isSpelt(raw, name)) return name
  }
  return text(raw).toLowerCase()
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

function text(value: RawHeaders[number] | undefined): string {
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

/** What a response says about the life of its connection. */
export interface KeepAlive {
  connection: string | undefined
  keepAlive: string | undefined
}

/** Looks for two names of ten letters each, as this is done for every response. */
export function keepAliveIn(raw: RawHeaders): KeepAlive {
  const found: KeepAlive = { connection: undefined, keepAlive: undefined }
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.length !== 10) continue
    const name = nameOf(raw[i])
    if (name === 'connection') found.connection = text(raw[i + 1])
    else if (name === 'keep-alive') found.keepAlive = text(raw[i + 1])
  }
  return found
}
