import type { JSX } from 'preact'
import { pulse, show } from '../state.ts'
import { StoryPanel } from '../story/story-panel.tsx'
import { LaneView } from './lane-view.tsx'
import { WinnerBar } from './winner-bar.tsx'

export function Inspector(): JSX.Element {
  return (
    <section class="panel inspector" aria-labelledby="inspector-title">
      <header>
        <h2 id="inspector-title">Inside the pool</h2>
        <p>Click anything to see what it has been through; pause to look closer.</p>
      </header>
      <Lanes />
      <WinnerBar />
      <StoryPanel />
    </section>
  )
}

function Lanes(): JSX.Element {
  pulse.value
  const current = show.value
  const lanes = [...(current?.stage.lanes.values() ?? [])]
  if (current === undefined || lanes.length === 0) {
    return <p class="empty">No traffic yet. A lane appears with the first request to a host.</p>
  }
  return (
    <div class="lanes" data-count={Math.min(4, lanes.length)}>
      {lanes.map((lane) => (
        <LaneView key={lane.lane} lane={lane} of={current} />
      ))}
    </div>
  )
}
