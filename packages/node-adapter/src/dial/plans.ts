import { type ProxyInput, type ProxyPlan, readProxy } from '../proxy/proxy-plan.ts'
import { checkTarget, isUnixTarget, type NetTarget } from '../target.ts'
import { targetKey } from '../target-key.ts'
import { type DialPlan, planDial } from './plan.ts'

/** Which proxy to take, for all targets or for each; `false`, `null` or `undefined`: none. */
export type ProxyChoice =
  | ProxyInput
  | false
  | ((target: NetTarget) => ProxyInput | false | null | undefined)

const fields = [
  'host',
  'port',
  'path',
  'localAddress',
  'family',
  'tls',
  'proxy',
  'partition',
] as const

type Fields = Partial<Record<(typeof fields)[number], unknown>>

interface Remembered {
  readonly plan: DialPlan
  readonly madeFor: Fields
}

/**
 * What to do for a target: its key, and how it is dialed.
 *
 * What costs anything is kept with the target's `tls` and `proxy`, so that composing a key from
 * them is as cheap as looking one up. Only where a function chooses the proxy is the plan kept with
 * the target: its key and its dial must see the same proxy, whatever the function would say the
 * second time. A target that somebody has changed since must not get another one's socket, so its
 * fields are compared then.
 */
export class Plans {
  readonly #remembered = new WeakMap<NetTarget, Remembered>()
  readonly #choice: ProxyChoice | undefined
  /** Read ahead, unless it takes a target to tell. */
  readonly #fixed: ProxyPlan | undefined

  constructor(choice: ProxyChoice | undefined) {
    this.#choice = choice
    const isFixed = choice !== undefined && choice !== false && typeof choice !== 'function'
    this.#fixed = isFixed ? readProxy('NetAdapterOptions.proxy', choice) : undefined
  }

  key(target: NetTarget): string {
    if (typeof this.#choice === 'function') return this.of(target).key
    checkTarget(target)
    return targetKey(target, this.#proxyOf(target))
  }

  of(target: NetTarget): DialPlan {
    const remembered = this.#remembered.get(target)
    if (remembered !== undefined && isFor(remembered, target)) return remembered.plan
    checkTarget(target)
    const plan = planDial(target, this.#proxyOf(target))
    if (typeof this.#choice === 'function') {
      this.#remembered.set(target, { plan, madeFor: { ...target } })
    }
    return plan
  }

  #proxyOf(target: NetTarget): ProxyPlan | undefined {
    // No proxy reaches into this machine.
    if (isUnixTarget(target)) return undefined
    if (target.proxy === false) return undefined
    if (target.proxy !== undefined) return readProxy('NetTarget.proxy', target.proxy)
    if (typeof this.#choice !== 'function') return this.#fixed
    const chosen = this.#choice(target)
    const isNone = chosen === undefined || chosen === null || chosen === false
    return isNone ? undefined : readProxy('what NetAdapterOptions.proxy returned', chosen)
  }
}

function isFor({ madeFor }: Remembered, target: Fields): boolean {
  return fields.every((field) => madeFor[field] === target[field])
}
