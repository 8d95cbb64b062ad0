import { type LeverName, type LeverValues, leverOf, whyNot } from '../levers.ts'
import type { Scenario } from '../scenarios.ts'
import { Refusal } from './refusal.ts'

/** The values with those that are wanted. Throws a `Refusal` for a lever that the scenario has not, or a wrong value. */
export function levered(
  scenario: Scenario,
  values: LeverValues,
  wanted: Partial<LeverValues>,
): LeverValues {
  for (const [name, value] of Object.entries(wanted)) {
    const lever = leverOf(name)
    if (lever === undefined || !scenario.levers.includes(lever.name)) {
      throw new Refusal(400, `${scenario.title} has no lever ${name}.`, name)
    }
    const reason = whyNot(lever, value)
    if (reason !== undefined) throw new Refusal(400, `${reason}.`, name)
  }
  return { ...values, ...wanted }
}

export function changesOf(before: LeverValues, after: LeverValues): LeverName[] {
  const names = Object.keys(after) as LeverName[]
  return names.filter((name) => before[name] !== after[name])
}

/** Pools and connections would have to begin anew. */
export function needsRestart(changed: readonly LeverName[]): boolean {
  return changed.some((name) => leverOf(name)?.restarts)
}
