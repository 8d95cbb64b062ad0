import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Lane } from '../../src/stage-state.ts'
import type { Show } from '../fold/show.ts'
import { isSame, type Thing } from '../fold/story.ts'
import { pulse, selected, show } from '../state.ts'
import { brief } from '../story/tell.ts'
import { countLeased } from './lane-painter.ts'
import { LaneScreen } from './lane-screen.ts'
import type { Direction } from './walk.ts'

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

interface Props {
  readonly lane: Lane
  readonly of: Show
}

/**
 * One lane. The picture is for the eye; for everybody else it is a list with one entry: the thing
 * that the arrow keys have come to.
 */
export function LaneView({ lane, of }: Props): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const screen = useRef<LaneScreen>(undefined)
  useEffect(() => {
    if (canvas.current === null) return undefined
    const made = new LaneScreen(canvas.current, lane, of)
    screen.current = made
    return () => made.end()
  }, [lane, of])

  const onKeyDown = (event: KeyboardEvent) => {
    const direction = directions[event.key]
    if (event.key === 'Escape') selected.value = undefined
    else if (direction !== undefined) screen.current?.walk(direction)
    else if (event.key === 'Home' || event.key === 'End') screen.current?.jump(event.key)
    else return
    event.preventDefault()
  }
  return (
    <section class="lane" aria-label={`Lane ${lane.name}`}>
      <LaneHead lane={lane} />
      <Summary lane={lane} />
      <div
        class="lane-picture"
        role="listbox"
        tabIndex={0}
        aria-label={`Wants, dials and connections of ${lane.name}; the arrow keys go from one to the next`}
        aria-describedby={`lane-${lane.lane}-summary`}
        aria-activedescendant={`lane-${lane.lane}-thing`}
        onKeyDown={onKeyDown}
        onFocus={() => screen.current?.enter()}
      >
        <div class="canvas-holder" aria-hidden="true">
          <canvas
            ref={canvas}
            onPointerDown={(event) => screen.current?.press(event)}
            onPointerMove={(event) => screen.current?.hover(event)}
          />
        </div>
        <CurrentThing lane={lane} />
      </div>
    </section>
  )
}

/** The numbers that the picture has as titles, for who does not see it. */
function Summary({ lane }: { lane: Lane }): JSX.Element {
  pulse.value
  const { waiting, dials, conns } = lane
  const leased = countLeased(conns.values())
  return (
    <p class="hidden lane-summary" id={`lane-${lane.lane}-summary`}>
      {waiting.size} in line, {dials.size} dials, {leased} leased, {conns.size - leased} idle
    </p>
  )
}

/** The key in full, if it tells more than the name. */
function LaneHead({ lane }: { lane: Lane }): JSX.Element {
  return (
    <h3>
      {lane.name}
      {lane.key !== lane.name && <span class="key">{lane.key}</span>}
    </h3>
  )
}

/** Read out when it changes, not whenever its age does. */
function CurrentThing({ lane }: { lane: Lane }): JSX.Element {
  const words = useSignal('Nothing chosen')
  const last = useRef<Thing>(undefined)
  pulse.value
  const thing = selected.value
  const story = show.value?.stories.find(thing)
  if (!isSame(thing, last.current)) {
    last.current = thing
    words.value = story === undefined ? 'Nothing chosen' : brief(story, show.value?.t ?? 0)
  }
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus, and names its active entry
    <div id={`lane-${lane.lane}-thing`} role="option" aria-selected="true" class="hidden">
      {words.value}
    </div>
  )
}
