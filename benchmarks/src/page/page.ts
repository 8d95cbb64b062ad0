import type { Environment } from '../harness/environment.ts'
import type { Figure } from '../harness/figure.ts'
import type { FigureResult } from '../harness/run-figure.ts'
import { suites } from '../suites.ts'
import { chartOf } from './chart.ts'
import { notes } from './notes.ts'
import type { published, Results } from './published.ts'

type Published = ReturnType<typeof published>

/** `docs/performance.md`, and the charts it shows, by the names of their files. */
export interface Page {
  readonly text: string
  readonly charts: ReadonlyMap<string, string>
}

const head = `# Performance

<!-- Written by \`npm run bench -- page\` from figures/*.json: change those by measuring, not this. -->

What was measured, on which machine, and by which command: run it on yours. Shown are medians over the
rounds; \`ours\` is this project. Each case is measured in a process of its own, and the cases take turns.
How it is measured, and what does not count: [benchmarks](../benchmarks/README.md).
`

export function pageOf(all: Published): Page {
  const charts = new Map<string, string>()
  const chapters = all.map(({ suite, results }) => {
    const known = suite.figures.flatMap((figure) => {
      const result = results.figures.find(({ name }) => name === figure.name)
      return result === undefined ? [] : [{ figure, result }]
    })
    const tables = known.map(({ figure, result }) => figureText(figure, result, charts))
    return `\n## \`npm run bench -- ${suite.name}\`\n\n${suite.description}\n\n${machine(results)}\n${tables.join('')}`
  })
  return { text: head + chapters.join('') + missing(all), charts }
}

function machine({ environment, rounds }: Results): string {
  return `${environmentText(environment)}; ${rounds} rounds.`
}

function environmentText({
  node,
  cpu,
  cores,
  memoryGb,
  platform,
  date,
  load,
}: Environment): string {
  const day = date.slice(0, 10)
  return `Node ${node} on ${platform}, ${cores} cores of ${cpu}, ${memoryGb} GB, load ${load.toFixed(1)} when it began; ${day}`
}

function figureText(figure: Figure, result: FigureResult, charts: Map<string, string>): string {
  const parts = [`\n### ${result.title}\n\n${table(figure, result)}`]
  const [column] = figure.columns
  if (column !== undefined && result.cases.length > 1) {
    const file = `${figure.name}.svg`
    charts.set(file, chartOf(result, column))
    parts.push(`\n![${result.title}](figures/${file})\n`)
  }
  const wanted = wantedText(figure, result)
  if (wanted !== '') parts.push(`\n${wanted}`)
  const note = notes[figure.name]
  if (note !== undefined) parts.push(`\n${note}\n`)
  return parts.join('')
}

function table({ columns }: Figure, { cases }: FigureResult): string {
  const heads = ['', ...columns.map(({ head }) => head)]
  const rows = cases.map(({ name, median }) => [
    name,
    ...columns.map(({ value, show }) => {
      const measured = median[value]
      return measured === undefined ? '' : show(measured)
    }),
  ])
  const rule = ['---', ...columns.map(() => '---:')]
  return [heads, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

/** What the figure should reach, and whether it does. */
function wantedText(figure: Figure, { wanted }: FigureResult): string {
  return wanted
    .flatMap(({ what, least, most, measured, met }) => {
      const show = figure.wanted.find((each) => each.what === what)?.show
      if (show === undefined) return []
      const bound = `${least === undefined ? 'at most' : 'at least'} ${show(least ?? most ?? Number.NaN)}`
      return [`- ${what}: ${show(measured)}, wanted ${bound}${met ? '' : ': **not met**'}\n`]
    })
    .join('')
}

function missing(all: Published): string {
  const shown = new Set(all.map(({ suite }) => suite.name))
  const others = suites.filter(({ name }) => !shown.has(name))
  if (others.length === 0) return ''
  const commands = others.map(({ name }) => `\`npm run bench -- ${name}\``)
  return `\n## Not measured yet\n\n${commands.join(', ')}\n`
}
