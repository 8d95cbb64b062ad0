import type { Figure } from '../harness/figure.ts'
import { type FigureResult, spread } from '../harness/run-figure.ts'
import { chartOf } from './chart.ts'
import { notes } from './notes.ts'
import type { Chapter, PublishedFigure } from './published.ts'

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

export function pageOf(chapters: readonly Chapter[]): Page {
  const charts = new Map<string, string>()
  const shown = chapters.filter(({ figures }) => figures.length > 0)
  const texts = shown.map((chapter) => chapterText(chapter, charts))
  return { text: head + texts.join('') + missing(chapters), charts }
}

function chapterText({ suite, figures }: Chapter, charts: Map<string, string>): string {
  let where = ''
  const parts = figures.flatMap((result) => {
    const figure = suite.figures.find(({ name }) => name === result.name)
    if (figure === undefined) return []
    const here = machine(result)
    const isNews = here !== where
    where = here
    return [figureText(figure, result, charts, isNews ? `\n${here}\n` : '')]
  })
  return `\n## \`npm run bench -- ${suite.name}\`\n\n${suite.description}${beside(figures)}\n${parts.join('')}`
}

/** Which versions of others the figures of a chapter show, as far as their results tell. */
function beside(figures: readonly PublishedFigure[]): string {
  const shown = figures.flatMap(({ cases, environment }) =>
    Object.entries(environment.peers ?? {})
      .filter(([peer]) => cases.some(({ name }) => name.includes(peer)))
      .map(([peer, version]) => `${peer} ${version}`),
  )
  return shown.length === 0 ? '' : ` Beside ${[...new Set(shown)].sort().join(', ')}.`
}

/** Said once for all the figures that follow, until it is another. */
function machine({ environment, rounds }: PublishedFigure): string {
  const { node, cpu, cores, memoryGb, platform, date, load } = environment
  const day = date.slice(0, 10)
  return `Measured with Node ${node} on ${platform}, ${cores} cores of ${cpu}, ${memoryGb} GB, load ${load.toFixed(1)} when it began; ${day}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.`
}

function figureText(
  figure: Figure,
  result: FigureResult,
  charts: Map<string, string>,
  machine: string,
): string {
  const parts = [`\n### ${result.title}\n${machine}\n${table(figure, result)}`]
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
function wantedText(figure: Figure, { wanted, cases }: FigureResult): string {
  return wanted
    .flatMap(({ what, least, most, measured, met }) => {
      const asked = figure.wanted.find((each) => each.what === what)
      if (asked === undefined) return []
      const { show } = asked
      const bound = `${least === undefined ? 'at most' : 'at least'} ${show(least ?? most ?? Number.NaN)}`
      const range = spread(asked, cases)
      const rounds = range === '' ? '' : ` (${range})`
      return [
        `- ${what}: ${show(measured)}${rounds}, wanted ${bound}${met ? '' : ': **not met**'}\n`,
      ]
    })
    .join('')
}

function missing(chapters: readonly Chapter[]): string {
  const lacking = chapters.flatMap(({ suite, figures }) => {
    const measured = new Set(figures.map(({ name }) => name))
    return suite.figures
      .filter(({ name }) => !measured.has(name))
      .map(({ name, title }) => `- ${title}: \`npm run bench -- ${suite.name} --only ${name}\`\n`)
  })
  return lacking.length === 0 ? '' : `\n## Not measured yet\n\n${lacking.join('')}`
}
