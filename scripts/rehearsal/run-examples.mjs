import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { node } from '../run.mjs'
import { isRun, snippetsOf } from '../snippets.mjs'

/** The examples of the READMEs, that of this repository and those in the packages, as installed. */
export async function runExamples({ shop, stranger, packages }) {
  const pages = [
    join(shop, 'README.md'),
    ...packages.map(({ name }) => join(stranger, 'node_modules', name, 'README.md')),
  ]
  const examples = pages.flatMap((page) => snippetsOf(readFileSync(page, 'utf8')).filter(isRun))
  if (examples.length < pages.length) throw new Error(`only ${examples.length} in ${pages.length}`)
  for (const { code } of examples) {
    const file = join(stranger, 'example.mjs')
    writeFileSync(file, code)
    await node([file], { cwd: stranger, timeout: 60_000 })
    rmSync(file)
  }
  return `${examples.length} of ${pages.length} pages`
}
