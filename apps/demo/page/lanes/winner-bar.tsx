import type { JSX } from 'preact'
import type { WinnerShare } from '../fold/winners.ts'
import { Glyph } from '../icons.tsx'
import { pulse, show } from '../state.ts'
import { duration, endingLabel } from '../story/words.ts'
import { shapeOfEnding } from './shapes.ts'

/** Who won the races for the latest wants: the legend of the moving dots, with numbers. */
export function WinnerBar(): JSX.Element {
  pulse.value
  const winners = show.value?.winners
  const total = winners?.count ?? 0
  const all = winners?.shares() ?? []
  const shares = all.filter(({ ending, count }) => count > 0 || isUsual(ending))
  return (
    <section class="winners" aria-labelledby="winners-title">
      <h3 id="winners-title">
        Who won <span class="key">the latest {total.toLocaleString('en')} wants</span>
      </h3>
      <div class="share-bar" aria-hidden="true">
        {shares.map((share) => (
          <span
            key={share.ending}
            style={{ flexGrow: share.count, background: `var(--${share.ending})` }}
          />
        ))}
      </div>
      <ul>
        {shares.map((share) => (
          <Winner key={share.ending} share={share} total={total} />
        ))}
      </ul>
    </section>
  )
}

function isUsual(ending: WinnerShare['ending']): boolean {
  return ending !== 'room' && ending !== 'failed'
}

function Winner({ share, total }: { share: WinnerShare; total: number }): JSX.Element {
  const { ending, count, waitedMs } = share
  const percent = total === 0 ? 0 : Math.round((100 * count) / total)
  return (
    <li>
      <Glyph shape={shapeOfEnding[ending]} color={ending} />
      <span class="name">{endingLabel[ending]}</span>
      <span class="number">{percent} %</span>
      <span class="waited">{count === 0 ? '' : `waited ${duration(waitedMs)}`}</span>
    </li>
  )
}
