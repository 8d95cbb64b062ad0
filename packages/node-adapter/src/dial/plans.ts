import { type ProxyInput, type ProxyPlan, readProxy } from '../proxy/proxy-plan.ts'
import { checkTarget, isUnixTarget, type NetTarget } from '../target.ts'
import { targetKey } from '../target-key.ts'
import { type DialPlan, planDial } from './plan.ts'

/** Which proxy to take, for all targets or for each; `false`, `null` or `undefined`: none. */
export type ProxyChoice =
  | ProxyInput
  | false
  | ((target: NetTarget) => ProxyInput | false | null | undefined)

const fields = ['host', 'port', 'path', 'localAddress', 'family', 'tls', 'proxy'] as const

type Fields = Partial<Record<(typeof fields)[number], unknown>>

interface Remembered {
  readonly plan: DialPlan
  readonly madeFor: Fields
}

/**
 * Plans of targets, made once for each object as far as that is worth it.
 *
 * A target that somebody has changed since must not get another one's socket: so its fields are
 * compared, which costs less than a key. The same plan for its key and for its dial also means that
 * both see the same proxy, whatever a function would say the second time.
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
    const isPlain = target?.tls === undefined && !this.#choice && !hasProxy(target)
    if (!isPlain) return this.of(target).key
    // Composing a short key is as cheap as looking it up.
    checkTarget(target)
    return targetKey(target)
  }

  of(target: NetTarget): DialPlan {
    const remembered = this.#remembered.get(target)
    if (remembered !== undefined && isFor(remembered, target)) return remembered.plan
    checkTarget(target)
    const plan = planDial(target, this.#proxyOf(target))
    this.#remembered.set(target, { plan, madeFor: { ...target } })
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

function hasProxy(target: Fields | undefined): boolean {
  return target?.proxy !== undefined
}

function isFor({ madeFor }: Remembered, target: Fields): boolean {
  return fields.every((field) => madeFor[field] === target[field])
}
