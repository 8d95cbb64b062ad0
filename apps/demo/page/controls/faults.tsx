import type { JSX } from 'preact'
import type { Fault, OriginState } from '../../src/protocol.ts'
import { ask, origins, scenario } from '../state.ts'
import { faultLabel, faultTitle } from '../story/words.ts'

/** Two faults last until they are taken back; their button then does that. */
const cures: Partial<Record<Fault, { readonly during: OriginState; readonly cure: Fault }>> = {
  drop: { during: 'dropping', cure: 'heal' },
  stop: { during: 'stopped', cure: 'start' },
}

export function Faults(): JSX.Element | null {
  const faults = scenario.value?.faults ?? []
  if (faults.length === 0) return null
  return (
    <fieldset class="faults">
      <legend>Break something</legend>
      {faults.map((fault) => (
        <FaultButton key={fault} fault={fault} />
      ))}
    </fieldset>
  )
}

function FaultButton({ fault }: { fault: Fault }): JSX.Element {
  const cure = cures[fault]
  const lasts = origins.value.some(({ state }) => state === cure?.during)
  const does = lasts && cure !== undefined ? cure.cure : fault
  return (
    <button
      type="button"
      class={lasts ? 'button lasting' : 'button'}
      title={faultTitle[does]}
      onClick={() => ask({ command: 'fault', fault: does })}
    >
      {faultLabel[does]}
    </button>
  )
}
