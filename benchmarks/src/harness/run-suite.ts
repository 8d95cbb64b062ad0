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

  const results = await measureAll(figures, rounds, work)
  for (const [i, figure] of figures.entries()) {
    const result = results[i]
    if (result !== undefined) console.log(figureTable(figure, result))
  }
  console.log(wantedTable(figures, results))
  console.log(`Medians of ${rounds} rounds; node ${about.node}, ${about.cores} × ${about.cpu}`)
  writeFileSync(
    json,
    `${JSON.stringify({ environment: about, rounds, work, figures: results }, null, 2)}\n`,
  )
}

async function measureAll(
  figures: readonly Figure[],
  rounds: number,
  work: Work,
): Promise<FigureResult[]> {
  const total = figures.reduce((sum, { cases }) => sum + cases.length * rounds, 0)
  const progress = new Progress(total)
  try {
    const results: FigureResult[] = []
    for (const figure of figures) results.push(await runFigure(figure, rounds, work, progress))
    return results
  } finally {
    progress.stop()
  }
}
