import type { JSX } from 'preact'
import type { DialFate, DialStory } from '../fold/story.ts'
import { pulse, show } from '../state.ts'
import { Go } from './story-panel.tsx'
import { duration, fateLabel } from './words.ts'

const fates: readonly DialFate[] = ['own', 'other', 'idle', 'unused', 'failed', 'flying']
const rows = 40

/** What became of every dial. */
export function LedgerPanel(): JSX.Element {
  pulse.value
  const ledger = show.value?.stage.ledger
  const surplus = ledger?.surplus ?? 0
  return (
    <section class="panel ledger" aria-labelledby="ledger-title">
      <header>
        <h2 id="ledger-title">Ledger of dials</h2>
      </header>
      <dl class="tallies">
        {fates.map((fate) => (
          <div key={fate} class={`fate-${fate}`}>
            <dt>{fateLabel[fate]}</dt>
            <dd>{(ledger?.[fate] ?? 0).toLocaleString('en')}</dd>
          </div>
        ))}
      </dl>
      <p class="remark">
        {surplus.toLocaleString('en')} of them {surplus === 1 ? 'was' : 'were'} surplus: the want
        that such a dial was begun for had been settled before it ended.
      </p>
      <LatestDials />
    </section>
  )
}

function LatestDials(): JSX.Element {
  pulse.value
  const dials = show.value?.stories.dials(rows) ?? []
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must get there
    <section class="scroll" tabIndex={0} aria-label="The latest dials">
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">Dial</th>
            <th scope="col">took</th>
            <th scope="col">and</th>
            <th scope="col">connection</th>
          </tr>
        </thead>
        <tbody>
          {dials.map((dial) => (
            <DialRow key={dial.id} dial={dial} now={show.value?.t ?? 0} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function DialRow({ dial, now }: { dial: DialStory; now: number }): JSX.Element {
  const { id, durationMs, since, fate, conn, error, surplus } = dial
  return (
    <tr>
      <td>
        <Go thing={{ kind: 'dial', id }} label={`${id}`} />
      </td>
      <td>{duration(durationMs ?? Math.max(0, now - since))}</td>
      <td>
        {error === undefined ? fateLabel[fate] : `failed: ${error}`}
        {surplus && <span class="tag">surplus</span>}
      </td>
      <td>
        {conn === undefined ? '–' : <Go thing={{ kind: 'conn', id: conn }} label={`${conn}`} />}
      </td>
    </tr>
  )
}
