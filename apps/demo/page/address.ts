import { effect, signal } from '@preact/signals'
import type { RunInfo } from '../src/protocol.ts'
import { linkTo, readLink } from '../src/scenario-link.ts'
import type { LeverValues, Scenario, ScenarioId } from '../src/scenarios.ts'
import { ask, isAskingForUrl, run, scenario } from './state.ts'

/** A URL that came with a link. It is not visited before the user says so: links come from anybody. */
export const linkedUrl = signal('')

/** The address says what is shown: it can be sent to others, and one can go back. */
export function followLinks(): void {
  let asked = readLink(location.search) !== undefined
  addEventListener('popstate', () => {
    asked = true
    openAddress()
  })
  effect(() => {
    const current = run.value
    if (current === undefined) return
    if (asked) {
      asked = false
      if (openAddress(current)) return
    }
    document.title = `${scenario.value?.title} · Wantconn`
    if (isAskingForUrl.value) return
    const link = linkOf(current)
    if (link !== location.search) history.replaceState(null, '', link)
  })
}

export function linkOf({ scenario, levers, url }: RunInfo): string {
  return linkTo(scenario, levers, url)
}

/** Another scenario, as one follows a link. */
export function pick({ id }: Scenario): void {
  history.pushState(null, '', `?scenario=${id}`)
  choose(id)
}

/** False if what the address names is what is running. */
function openAddress(current?: RunInfo): boolean {
  const linked = readLink(location.search)
  if (linked === undefined) return false
  if (current !== undefined && linkOf(current) === location.search) return false
  linkedUrl.value = linked.url ?? ''
  choose(linked.scenario, linked.levers)
  return true
}

function choose(id: ScenarioId, levers: Partial<LeverValues> = {}): void {
  isAskingForUrl.value = id === 'your-server' && run.peek()?.scenario !== id
  if (id !== 'your-server') ask({ command: 'pick', scenario: id, levers })
}
