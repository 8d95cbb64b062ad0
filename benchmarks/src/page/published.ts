import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../harness/environment.ts'
import type { FigureResult } from '../harness/run-figure.ts'
import { type Suite, suites } from '../suites.ts'

/** A file of results, as `runSuite` writes it. */
export interface Results {
  readonly environment: Environment
  readonly rounds: number
  readonly work: number
  readonly figures: readonly FigureResult[]
}

/** Takes over what was measured since, if all of the work was done. Returns the names of its suites. */
export function takeOver(from: string, to: string): string[] {
  return suites.flatMap(({ name }) => {
    const measured = resultsIn(from, name)
    const shown = resultsIn(to, name)
    const isNewer =
      measured !== undefined && measured.environment.date > (shown?.environment.date ?? '')
    if (!isNewer || measured.work !== 1) return []
    writeFileSync(join(to, `${name}.json`), `${JSON.stringify(merged(shown, measured), null, 1)}\n`)
    return [name]
  })
}

/** One that was measured alone takes the place of its former self, and leaves the others. */
function merged(shown: Results | undefined, measured: Results): Results {
  const isSameMachine = shown?.environment.node === measured.environment.node
  if (shown === undefined || !isSameMachine) return measured
  const names = new Set(measured.figures.map(({ name }) => name))
  const kept = shown.figures.filter(({ name }) => !names.has(name))
  return { ...measured, figures: [...kept, ...measured.figures] }
}

/** What is shown: each suite that has results, with them. */
export function published(folder: string): { suite: Suite; results: Results }[] {
  return suites.flatMap((suite) => {
    const results = resultsIn(folder, suite.name)
    return results === undefined ? [] : [{ suite, results }]
  })
}

function resultsIn(folder: string, suite: string): Results | undefined {
  const file = join(folder, `${suite}.json`)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return text === '' ? undefined : (JSON.parse(text) as Results)
}
