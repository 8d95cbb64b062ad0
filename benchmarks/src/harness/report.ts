import Table from 'cli-table3'
import type { Figure } from './figure.ts'
import { type FigureResult, spread } from './run-figure.ts'

const BAR = 24
const plain = { style: { head: [], border: [], compact: true } }

/** One figure: a line for each case, and a bar for its first column. */
export function figureTable(figure: Figure, result: FigureResult): string {
  const table = new Table({ ...plain, head: ['', ...figure.columns.map(({ head }) => head), ''] })
  const [first] = figure.columns
  const shown = result.cases.map((each) => each.median[first?.value ?? ''] ?? 0)
  const longest = Math.max(...shown)
  result.cases.forEach((each, i) => {
    const values = figure.columns.map(({ value, show }) => {
      const measured = each.median[value]
      return { content: measured === undefined ? '' : show(measured), hAlign: 'right' as const }
    })
    const length = Math.max(1, Math.round(((shown[i] ?? 0) / longest) * BAR))
    table.push([each.name, ...values, '█'.repeat(length)])
  })
  return `\n${result.title}\n${table}`
}

/** What is wanted of all figures, beside what was measured. */
export function wantedTable(figures: readonly Figure[], results: readonly FigureResult[]): string {
  const table = new Table({
    ...plain,
    head: ['wanted', 'at', '', 'measured', 'of single rounds', ''],
  })
  for (const figure of figures) {
    const result = results.find(({ name }) => name === figure.name)
    for (const [i, wanted] of figure.wanted.entries()) {
      const { what, least, most, show } = wanted
      const { measured, met } = result?.wanted[i] ?? { measured: Number.NaN, met: false }
      const bound = show(least ?? most ?? Number.NaN)
      const right = (content: string) => ({ content, hAlign: 'right' as const })
      const side = least === undefined ? 'most' : 'least'
      const rounds = right(result === undefined ? '' : spread(wanted, result.cases))
      table.push([what, side, right(bound), right(show(measured)), rounds, met ? 'met' : 'not met'])
    }
  }
  return `\n${table}`
}
