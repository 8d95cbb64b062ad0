import { wrongType } from '../options.ts'

export type FieldCheck = (name: string, value: unknown) => void

/** Each field is known and right: `TypeError` and `RangeError` name it. One that is `undefined` is not given. */
export function checkFields(
  what: string,
  fields: unknown,
  checks: Readonly<Record<string, FieldCheck>>,
): void {
  checkObject(what, fields)
  for (const [name, value] of Object.entries(fields as object)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined
    if (check === undefined) {
      throw new TypeError(`unknown ${what}.${name}; known are ${Object.keys(checks).join(', ')}`)
    }
    if (value !== undefined) check(`${what}.${name}`, value)
  }
}

export function checkObject(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw wrongType(name, 'an object', value)
}

/** A check for a whole number from `least` to `most`. */
export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): FieldCheck {
  return (name, value) => {
    if (typeof value !== 'number') throw wrongType(name, 'a number', value)
    if (Number.isInteger(value) && value >= least && value <= most) return
    const upTo = most === Number.MAX_SAFE_INTEGER ? 'on' : `to ${most}`
    throw new RangeError(`${name} must be a whole number from ${least} ${upTo}; got ${value}`)
  }
}

/** A check for a number from 0 on, fractions too. */
export function checkWeight(name: string, value: unknown): void {
  if (typeof value !== 'number') throw wrongType(name, 'a number', value)
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return
  throw new RangeError(`${name} must be a number from 0 on, and finite; got ${value}`)
}
