import { Buffer } from 'node:buffer'

/** As llhttp brings them: names and values in turn. Undici 8 has arrays as values at times. */
export type RawHeaders = readonly (Buffer | string | readonly (Buffer | string)[])[]

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

/** The same for one that is known to be as long. */
export function isSpelt(raw: Buffer, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    // A letter differs from its capital in this bit alone, and a hyphen has it.
    if (((raw[i] as number) | 0x20) !== name.charCodeAt(i)) return false
  }
  return true
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
