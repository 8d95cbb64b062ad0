import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pageOf } from './page.ts'
import { published, takeOver } from './published.ts'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Takes over new results, and writes `docs/performance.md` with its charts anew. */
export function writePage(): void {
  const figures = at('docs/figures')
  mkdirSync(figures, { recursive: true })
  const taken = takeOver(at('benchmarks/results'), figures)
  const { text, charts } = pageOf(published(figures))
  for (const [file, svg] of charts) writeFileSync(join(figures, file), svg)
  writeFileSync(at('docs/performance.md'), text)
  const news = taken.length > 0 ? `new results of ${taken.join(', ')}` : 'no new results'
  console.log(`docs/performance.md and ${charts.size} charts; ${news}`)
}
