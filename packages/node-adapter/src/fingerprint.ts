import { createHmac, randomBytes } from 'node:crypto'

// Keys are compared in this process only. With a secret of its own, a password cannot be guessed
// from the key that shows up in some log.
const salt = randomBytes(32)

/** Stands for a value in a key: equal content, equal fingerprint; nobody can read it back. */
export function fingerprint(value: unknown): string {
  const hash = createHmac('sha256', salt)
  for (const part of canonical(value)) hash.update(part)
  return hash.digest('base64url').slice(0, 22)
}

type Part = string | Uint8Array

/** A value as a sequence in which each part tells its kind and length, so that no two run together. */
function* canonical(value: unknown): Generator<Part> {
  if (typeof value === 'string') yield* text(value)
  else if (ArrayBuffer.isView(value)) yield* bytes(value)
  else if (Array.isArray(value) && value.length === 1) yield* canonical(value[0])
  else if (Array.isArray(value)) {
    yield `[${value.length}:`
    for (const item of value) yield* canonical(item)
  } else if (isPlain(value)) {
    const given = Object.entries(value).filter(([, item]) => item !== undefined)
    yield `{${given.length}:`
    for (const [name, item] of given.sort(byName)) {
      yield `${name}=`
      yield* canonical(item)
    }
  } else yield `${typeof value} ${isObject(value) ? identity(value) : String(value)};`
}

// A bundle of certificates may come along with every request, in an options object of its own.
const longText = 4_096
const maxDigests = 20
const digests = new Map<string, string>()

function* text(value: string): Generator<Part> {
  if (value.length < longText) yield* bytes(Buffer.from(value))
  else yield digestOf(value)
}

function digestOf(value: string): string {
  let digest = digests.get(value)
  if (digest === undefined) {
    digest = hashed(value)
    if (digests.size >= maxDigests) digests.clear()
    digests.set(value, digest)
  }
  return digest
}

function hashed(value: Part): string {
  return `#${createHmac('sha256', salt).update(value).digest('base64url')};`
}

function* bytes(view: ArrayBufferView): Generator<Part> {
  if (view.byteLength >= longText) {
    yield hashed(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
    return
  }
  yield `"${view.byteLength}:`
  yield new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}

const identities = new WeakMap<object, number>()
let lastIdentity = 0

/** A number for a function, or an object that hides its content: the same one, the same number. */
function identity(value: object): number {
  let number = identities.get(value)
  if (number === undefined) {
    number = ++lastIdentity
    identities.set(value, number)
  }
  return number
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
