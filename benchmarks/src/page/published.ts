import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../harness/environment.ts'
import type { FigureResult } from '../harness/run-figure.ts'
import { type Suite, suites } from '../suites.ts'

/** A file of results, as `runSuite` writes it. */
interface Results {
  readonly environment: Environment
  readonly rounds: number
  readonly work: number
  readonly figures: readonly FigureResult[]
}

/** What came of one figure, and where: figures of a chapter may have been measured on different days. */
export interface PublishedFigure extends FigureResult {
  readonly environment: Environment
  readonly rounds: number
}

export interface Chapter {
  readonly suite: Suite
  readonly figures: readonly PublishedFigure[]
}

/** Takes over what was measured since, if all of the work was done. Returns the names of its figures. */
export function takeOver(from: string, to: string): string[] {
  const measured = suites.flatMap(({ name }) => measuredIn(from, name))
  return published(to).flatMap(({ suite, figures }) => {
    const newest = suite.figures.flatMap(({ name }) => newestOf(name, [...figures, ...measured]))
    if (newest.length > 0) {
      writeFileSync(join(to, `${suite.name}.json`), `${JSON.stringify(newest, null, 1)}\n`)
    }
    return newest.filter((figure) => !figures.includes(figure)).map(({ name }) => name)
  })
}

function newestOf(name: string, all: readonly PublishedFigure[]): PublishedFigure[] {
  const ages = all.filter((figure) => figure.name === name)
  // Of the same age, the one that is published already.
  return ages.sort((a, b) => b.environment.date.localeCompare(a.environment.date)).slice(0, 1)
}

/** What is shown: the chapters, each with the figures that there are. */
export function published(folder: string): Chapter[] {
  return suites
    .filter(({ isSelection }) => isSelection !== true)
    .map((suite) => ({
      suite,
      figures: read<readonly PublishedFigure[]>(folder, suite.name) ?? [],
    }))
}

function measuredIn(folder: string, suite: string): PublishedFigure[] {
  const results = read<Results>(folder, suite)
  if (results?.work !== 1) return []
  const { environment, rounds } = results
  return results.figures.map((figure) => ({ ...figure, environment, rounds }))
}

function read<T>(folder: string, suite: string): T | undefined {
  const file = join(folder, `${suite}.json`)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return text === '' ? undefined : (JSON.parse(text) as T)
}
