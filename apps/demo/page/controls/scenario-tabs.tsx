import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { type Scenario, scenarios } from '../../src/scenarios.ts'
import { pick } from '../address.ts'
import { scenario as current } from '../state.ts'

/** Links, so that each can be opened, copied and sent like any other. */
export function ScenarioTabs(): JSX.Element {
  return (
    <nav class="scenarios" aria-label="Scenarios">
      <ul>
        {scenarios.map((scenario) => (
          <li key={scenario.id}>
            <ScenarioLink scenario={scenario} />
          </li>
        ))}
      </ul>
    </nav>
  )
}

function ScenarioLink({ scenario }: { scenario: Scenario }): JSX.Element {
  const isCurrent = current.value === scenario
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    pick(scenario)
  }
  const link = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    if (isCurrent) link.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [isCurrent])
  return (
    <a
      ref={link}
      href={`?scenario=${scenario.id}`}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={follow}
    >
      {scenario.title}
    </a>
  )
}
