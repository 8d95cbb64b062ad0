import type { PoolStats } from '@wantconn/pool-core'
import type { JSX } from 'preact'
import { Icon } from '../icons.tsx'
import { stats } from '../state.ts'

interface Equation {
  readonly left: string
  readonly is: number
  readonly right: readonly (readonly [name: string, value: number])[]
}

/** What `pool.stats()` says, and that it adds up. */
export function Books(): JSX.Element {
  const current = stats.value
  return (
    <section class="panel books" aria-labelledby="books-title">
      <header>
        <h2 id="books-title">The pool’s own books</h2>
        <p>
          <code>pool.stats()</code>, which balances at every moment
        </p>
      </header>
      {current === undefined ? (
        <p class="empty">Nothing told yet.</p>
      ) : (
        <>
          <ul class="equations">
            {equations(current).map((equation) => (
              <Sum key={equation.left} equation={equation} />
            ))}
          </ul>
          <Closed closed={current.totals.closed} />
        </>
      )}
    </section>
  )
}

function Sum({ equation: { left, is, right } }: { equation: Equation }): JSX.Element {
  const sum = right.reduce((total, [, value]) => total + value, 0)
  return (
    <li>
      <span class={sum === is ? 'balance' : 'balance wrong'}>
        {sum === is ? <Icon name="check" /> : '≠'}
        <span class="hidden">{sum === is ? 'balances: ' : 'does not balance: '}</span>
      </span>
      <Term name={left} value={is} /> <span class="operator">=</span>{' '}
      {right.map(([name, value], i) => (
        <>
          {i > 0 && <span class="operator">+</span>} <Term name={name} value={value} />
        </>
      ))}
    </li>
  )
}

function Term({ name, value }: { name: string; value: number }): JSX.Element {
  return (
    <span class="term">
      <b>{value.toLocaleString('en')}</b> {name}
    </span>
  )
}

function Closed({ closed }: { closed: PoolStats['totals']['closed'] }): JSX.Element | null {
  const reasons = Object.entries(closed).filter(([, count]) => count > 0)
  if (reasons.length === 0) return null
  const words = reasons.map(([reason, count]) => `${count.toLocaleString('en')} ${reason}`)
  return <p class="remark">Closed: {words.join(', ')}.</p>
}

function equations({ totals, waiting, dialing, open }: PoolStats): readonly Equation[] {
  const { wants, got, failed, canceled, timedOut, refused, dials, opened, dialsFailed } = totals
  const closed = Object.values(totals.closed).reduce((sum, count) => sum + count, 0)
  return [
    {
      left: 'wants',
      is: wants,
      right: nonZero([
        ['got', got],
        ['waiting', waiting],
        ['failed', failed],
        ['canceled', canceled],
        ['timed out', timedOut],
        ['refused', refused],
      ]),
    },
    {
      left: 'dials',
      is: dials,
      right: nonZero([
        ['opened', opened],
        ['dialing', dialing],
        ['failed', dialsFailed],
      ]),
    },
    {
      left: 'opened',
      is: opened,
      right: nonZero([
        ['open', open],
        ['closed', closed],
        ['detached', totals.detached],
      ]),
    },
  ]
}

/** The first two always: they come and go with every moment. */
function nonZero(terms: Equation['right']): Equation['right'] {
  return terms.filter(([, value], i) => i < 2 || value !== 0)
}
