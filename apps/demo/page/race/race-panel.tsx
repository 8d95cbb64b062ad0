import { type Signal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { Contender, ContenderFigures, Latency } from '../../src/protocol.ts'
import { Glyph } from '../icons.tsx'
import { shapeOfContender } from '../lanes/shapes.ts'
import { pulse, run, show } from '../state.ts'
import { contenderLabel, milliseconds } from '../story/words.ts'
import { headline, type Span } from './headline.ts'
import { Histograms } from './histograms.tsx'
import { StripChart } from './strip-chart.tsx'

export function RacePanel(): JSX.Element {
  const span = useSignal<Span>('recent')
  const contenders = run.value?.contenders ?? []
  return (
    <section class="panel race" aria-labelledby="race-title">
      <header>
        <h2 id="race-title">The race</h2>
        <SpanChoice span={span} />
      </header>
      <Headline contenders={contenders} span={span.value} />
      <FiguresTable contenders={contenders} span={span.value} />
      <StripChart contenders={contenders} />
      <Histograms contenders={contenders} span={span.value} />
      <Notes contenders={contenders} />
    </section>
  )
}

function SpanChoice({ span }: { span: Signal<Span> }): JSX.Element {
  const choices: readonly (readonly [Span, string])[] = [
    ['recent', 'last 10 s'],
    ['total', 'whole run'],
  ]
  return (
    <fieldset class="segments">
      <legend class="hidden">Figures of</legend>
      {choices.map(([value, label]) => (
        <label key={value}>
          <input
            type="radio"
            name="span"
            checked={span.value === value}
            onChange={() => {
              span.value = value
            }}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  )
}

interface Props {
  readonly contenders: readonly Contender[]
  readonly span: Span
}

function Headline({ contenders, span }: Props): JSX.Element {
  pulse.value
  const race = show.value?.race
  const figures = new Map<string, ContenderFigures>()
  for (const { id } of contenders) {
    const of = race?.figures(id)
    if (of !== undefined) figures.set(id, of)
  }
  return <p class="headline">{headline(contenders, figures, span)}</p>
}

const columns: readonly (readonly [keyof Latency, string])[] = [
  ['p50', 'p50'],
  ['p90', 'p90'],
  ['p99', 'p99'],
  ['max', 'max'],
]

function FiguresTable({ contenders, span }: Props): JSX.Element {
  return (
    <table class="race-table">
      <caption class="hidden">Latency of the contenders, dials made, requests failed</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="hidden">Contender, with latencies in </span>ms
          </th>
          {columns.map(([key, label]) => (
            <th key={key} scope="col">
              {label}
            </th>
          ))}
          <th scope="col" class="small">
            dials
          </th>
          <th scope="col" class="small roomy">
            open
          </th>
          <th scope="col" class="small">
            failed
          </th>
        </tr>
      </thead>
      <tbody>
        {contenders.map((contender) => (
          <ContenderRow key={contender.id} contender={contender} span={span} />
        ))}
      </tbody>
    </table>
  )
}

interface RowProps {
  readonly contender: Contender
  readonly span: Span
}

function ContenderRow({ contender: { id, name }, span }: RowProps): JSX.Element {
  pulse.value
  const figures = show.value?.race.figures(id)
  const latency = figures?.[span]
  return (
    <tr class={id}>
      <th scope="row" title={name}>
        <Glyph shape={shapeOfContender[id]} color={id} />
        {contenderLabel[id]}
      </th>
      {columns.map(([key]) => (
        <td key={key} class={key}>
          {latency === undefined || latency.count === 0 ? '–' : milliseconds(latency[key])}
        </td>
      ))}
      <td>{figures?.dials ?? '–'}</td>
      <td class="small roomy">{figures?.open ?? '–'}</td>
      <td title={figures?.lastError}>{figures?.errors ?? '–'}</td>
    </tr>
  )
}

function Notes({ contenders }: { contenders: readonly Contender[] }): JSX.Element | null {
  const notes = contenders.filter(({ note }) => note !== '')
  if (notes.length === 0) return null
  return (
    <ul class="notes">
      {notes.map(({ id, note }) => (
        <li key={id}>
          {contenderLabel[id]}: {note}
        </li>
      ))}
    </ul>
  )
}
