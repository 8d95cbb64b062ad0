import type { JSX } from 'preact'
import type { ConnStory, Thing, Use } from '../fold/story.ts'
import { Key } from '../lanes/key.tsx'
import { pulse, selected, show } from '../state.ts'
import { type Telling, tell } from './tell.ts'
import { duration, endingLabel, moment } from './words.ts'

/** What the chosen thing has been through. */
export function StoryPanel(): JSX.Element {
  pulse.value
  const story = show.value?.stories.find(selected.value)
  if (story === undefined) return <NoStory isGone={selected.value !== undefined} />
  const { title, lines } = tell(story, show.value?.t ?? 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must get there
    <section class="story" aria-label="History" tabIndex={0}>
      <h3>{title}</h3>
      {lines.map((line, i) => (
        <p key={i}>
          <Line line={line} />
        </p>
      ))}
      {story.kind === 'conn' && <Uses conn={story} />}
    </section>
  )
}

/** The place is not left empty: it says how to read what can be chosen. */
function NoStory({ isGone }: { isGone: boolean }): JSX.Element {
  return (
    <section class="story none" aria-label="History">
      <p class="empty">
        {isGone
          ? 'That was too long ago: its history is no longer kept.'
          : 'Nothing chosen. Click a want, a dial or a connection, or go there with Tab and the arrow keys.'}
      </p>
      <Key />
    </section>
  )
}

function Line({ line }: { line: Telling }): JSX.Element {
  return (
    <>
      {line.map((part) =>
        typeof part === 'string' ? part : <Go thing={part.thing} label={part.label} />,
      )}
    </>
  )
}

/** Goes on to the history of another thing. */
export function Go({ thing, label }: { thing: Thing; label: string }): JSX.Element {
  const go = () => {
    selected.value = thing
  }
  return (
    <button type="button" class="go" onClick={go}>
      {label}
    </button>
  )
}

function Uses({ conn }: { conn: ConnStory }): JSX.Element | null {
  const uses = conn.recent.latest(12)
  if (uses.length === 0) return null
  return (
    <table class="figures">
      <caption class="hidden">Its latest uses</caption>
      <thead>
        <tr>
          <th scope="col">Used at</th>
          <th scope="col">by</th>
          <th scope="col">which got it as</th>
          <th scope="col">waited</th>
          <th scope="col">idle before</th>
        </tr>
      </thead>
      <tbody>
        {uses.map((use) => (
          <UseRow key={use.want} use={use} />
        ))}
      </tbody>
    </table>
  )
}

function UseRow({ use }: { use: Use }): JSX.Element {
  return (
    <tr>
      <td>{moment(use.t)}</td>
      <td>
        <Go thing={{ kind: 'want', id: use.want }} label={`request ${use.request}`} />
      </td>
      <td>{endingLabel[use.by]}</td>
      <td>{duration(use.waitedMs)}</td>
      <td>{use.idleMs === 0 ? '–' : duration(use.idleMs)}</td>
    </tr>
  )
}
