import { checkTarget, type NetTarget } from '../target.ts'
import { targetKey } from '../target-key.ts'
import { type DialPlan, planDial } from './plan.ts'

type Fields = Partial<Record<(typeof fields)[number], unknown>>

const fields = ['host', 'port', 'path', 'localAddress', 'family', 'tls'] as const

interface Remembered {
  readonly plan: DialPlan
  readonly madeFor: Fields
}

/**
 * Plans of targets, made once for each object as far as that is worth it.
 *
 * A target that somebody has changed since must not get another one's socket: so its fields are
 * compared, which costs less than a key.
 */
export class Plans {
  readonly #remembered = new WeakMap<NetTarget, Remembered>()

  key(target: NetTarget): string {
    // Composing a short key is as cheap as looking it up.
    if (target?.tls !== undefined) return this.of(target).key
    checkTarget(target)
    return targetKey(target)
  }

  of(target: NetTarget): DialPlan {
    const remembered = this.#remembered.get(target)
    if (remembered !== undefined && isFor(remembered, target)) return remembered.plan
    const plan = planDial(target)
    this.#remembered.set(target, { plan, madeFor: { ...target } })
    return plan
  }
}

function isFor({ madeFor }: Remembered, target: Fields): boolean {
  return fields.every((field) => madeFor[field] === target[field])
}
