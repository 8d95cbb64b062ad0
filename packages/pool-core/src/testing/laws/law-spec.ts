import type { Adapter } from '../../adapter.ts'
import type { AllCapabilities, Capabilities } from './backend.ts'
import { tellsResources, tellsUncaught } from './host.ts'
import type { Trial } from './trial.ts'

/** A law as its family's file writes it down. */
export interface LawSpec {
  /** Family and number, as in `dial-3`; also its anchor in `docs/adapter-authoring.md`. */
  readonly id: string
  readonly title: string
  /** What an author does whose adapter breaks it. */
  readonly advice: string
  readonly needs?: readonly Need[]
  check<Target, Conn extends object>(trial: Trial<Target, Conn>): Promise<void>
}

/** What a law cannot do without: a capability, a method of the adapter, or something of the host. */
export type Need = keyof Capabilities | 'isBroken' | 'resources' | 'uncaught'

/** Why a law does not apply; undefined if it does. */
export function whyNotApplicable<Target, Conn extends object>(
  { needs = [] }: LawSpec,
  adapter: Adapter<Target, Conn>,
  capabilities: AllCapabilities,
): string | undefined {
  for (const need of needs) {
    const reason = whyMissing(need, adapter, capabilities)
    if (reason !== undefined) return reason
  }
  return undefined
}

function whyMissing<Target, Conn extends object>(
  need: Need,
  adapter: Adapter<Target, Conn>,
  capabilities: AllCapabilities,
): string | undefined {
  switch (need) {
    case 'isBroken':
      return adapter.isBroken === undefined ? 'the adapter has no isBroken()' : undefined
    case 'resources':
      return tellsResources ? undefined : 'this host does not tell what keeps it alive'
    case 'uncaught':
      return tellsUncaught ? undefined : 'this host does not tell of uncaught errors'
    default:
      return capabilities[need] ? undefined : `capabilities.${need} is false`
  }
}
