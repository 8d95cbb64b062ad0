import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { environment } from './environment.ts'
import type { Figure, Work } from './figure.ts'
import { Progress } from './progress.ts'
import { figureTable, wantedTable } from './report.ts'
import { type FigureResult, runFigure } from './run-figure.ts'

export interface SuiteOptions {
  readonly rounds: number
  readonly json: string
  readonly work: Work
}

/** Measures the figures, prints their tables, and writes all samples to a file. */
export async function runSuite(figures: readonly Figure[], options: SuiteOptions): Promise<void> {
  const { rounds, json, work } = options
  const about = environment()
  // Now rather than after minutes of measuring, if it cannot be written.
  mkdirSync(dirname(json), { recursive: true })
  writeFileSync(json, '', { flag: 'a' })

  const results: FigureResult[] = []
  await measureAll(figures, rounds, work, (result) => {
    results.push(result)
    // Each as it comes: what fails later takes none of them with it.
    const all = { environment: about, rounds, work, figures: results }
    writeFileSync(json, `${JSON.stringify(all, null, 2)}\n`)
  })
  for (const [i, figure] of figures.entries()) {
    const result = results[i]
    if (result !== undefined) console.log(figureTable(figure, result))
  }
  console.log(wantedTable(figures, results))
  console.log(`Medians of ${rounds} rounds; node ${about.node}, ${about.cores} × ${about.cpu}`)
}

async function measureAll(
  figures: readonly Figure[],
  rounds: number,
  work: Work,
  measured: (result: FigureResult) => void,
): Promise<void> {
  const total = figures.reduce((sum, { cases }) => sum + cases.length * rounds, 0)
  const progress = new Progress(total)
  try {
    for (const figure of figures) measured(await runFigure(figure, rounds, work, progress))
  } finally {
    progress.stop()
  }
}
