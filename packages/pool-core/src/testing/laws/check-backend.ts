import { wrongType } from '../../options.ts'
import { checkObject, type FieldCheck } from '../check-fields.ts'
import type { Backend } from './backend.ts'

const any: FieldCheck = () => {}

const checks: Record<keyof Backend<unknown, object>, FieldCheck> = {
  target: any,
  equalTargets: checkTargets,
  otherTargets: checkTargets,
  refusingTarget: any,
  refusedWith: (name, value) => {
    if (typeof value === 'string' || typeof value === 'function') return
    throw wrongType(name, 'a code, or a function that knows the error', value)
  },
  silentTarget: any,
  openConnections: checkMethod,
  use: checkMethod,
  kill: checkMethod,
  drain: checkMethod,
  setCapacity: checkMethod,
  received: checkMethod,
  listeners: checkMethod,
  tearDown: checkMethod,
}

/** Without these no law can be tried. What a capability needs is asked for by the laws that use it. */
const needed = ['target', 'openConnections', 'use', 'tearDown'] as const

/** Rejects with a `TypeError` that names what is wrong with the far side, which is ended then. */
export async function checkBackend(backend: object): Promise<void> {
  try {
    checkMembers(backend)
  } catch (error) {
    const { tearDown } = (backend ?? {}) as Partial<Backend<unknown, object>>
    if (typeof tearDown === 'function') await tearDown.call(backend)
    throw error
  }
}

function checkMembers(backend: object): void {
  checkObject('what setup() gives', backend)
  for (const name of needed) {
    if (!(name in backend)) throw new TypeError(`setup() gives no ${name}, which every law needs`)
  }
  for (const [name, check] of Object.entries(checks)) {
    const value = (backend as Record<string, unknown>)[name]
    const isNeeded = (needed as readonly string[]).includes(name)
    if (value !== undefined || isNeeded) check(`the ${name} that setup() gives`, value)
  }
  checkNames(backend)
}

/** A misspelt member would only make a law weaker. An object of a class may have more of its own. */
function checkNames(backend: object): void {
  if (Object.getPrototypeOf(backend) !== Object.prototype) return
  const unknown = Object.keys(backend).find((name) => !Object.hasOwn(checks, name))
  if (unknown === undefined) return
  const known = Object.keys(checks).join(', ')
  throw new TypeError(`setup() gives an unknown ${unknown}; known are ${known}`)
}

function checkMethod(name: string, value: unknown): void {
  if (typeof value !== 'function') throw wrongType(name, 'a function', value)
}

function checkTargets(name: string, value: unknown): void {
  if (!Array.isArray(value)) throw wrongType(name, 'an array of targets', value)
}
