import { type LeverName, type LeverValues, leverOf, whyNot } from './levers.ts'
import { leversOf, type ScenarioId, scenarioOf } from './scenarios.ts'

/** A scenario with the levers that differ from its own, as a link names it. */
export interface LinkedScenario {
  readonly scenario: ScenarioId
  readonly levers: Partial<LeverValues>
  /** Of `your-server`. */
  readonly url?: string
}

/** The query of a link to what is running, such as `?scenario=burst&dialDelayMs=500`. */
export function linkTo(id: ScenarioId, values: LeverValues, url?: string): string {
  const query = new URLSearchParams({ scenario: id })
  const scenario = scenarioOf(id)
  const own = scenario && leversOf(scenario)
  for (const name of scenario?.levers ?? []) {
    if (values[name] !== own?.[name]) query.set(name, String(values[name]))
  }
  if (url !== undefined) query.set('url', url)
  return `?${query}`
}

/** What a link asks for; `undefined` if it names no scenario that there is. What makes no sense is left out. */
export function readLink(search: string): LinkedScenario | undefined {
  const query = new URLSearchParams(search)
  const scenario = scenarioOf(query.get('scenario') ?? '')
  if (scenario === undefined) return undefined
  const levers: Partial<Record<LeverName, string | number>> = {}
  for (const name of scenario.levers) {
    const value = readLever(name, query.get(name))
    if (value !== undefined) levers[name] = value
  }
  const url = query.get('url')
  return {
    scenario: scenario.id,
    levers: levers as Partial<LeverValues>,
    ...(url !== null && { url }),
  }
}

function readLever(name: LeverName, text: string | null): string | number | undefined {
  const lever = leverOf(name)
  if (lever === undefined || text === null || text === '') return undefined
  const value = lever.kind === 'number' ? Number(text) : text
  return whyNot(lever, value) === undefined ? value : undefined
}
