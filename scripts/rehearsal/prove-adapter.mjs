import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { node, readJson, root, tool } from '../run.mjs'
import { snippetsOf } from '../snippets.mjs'

/** How the page says that each of its files is run, and where that tells how many laws have passed. */
const RUNNERS = {
  'conformance.spec.ts': {
    run: (home) => tool('vitest', ['run', 'conformance.spec.ts'], { cwd: home }, home),
    passed: /Tests +(\d+) passed/,
  },
  'conformance.test.ts': {
    run: (home) => {
      const args = ['--test', '--test-reporter=tap', 'dist/conformance.test.js']
      return node(args, { cwd: home })
    },
    passed: /^# pass (\d+)$/m,
  },
  'conformance.mocha.js': {
    run: (home) => tool('mocha', ['dist/conformance.mocha.js'], { cwd: home }, home),
    passed: /(\d+) passing/,
  },
}

/** The adapter of `docs/adapter-authoring.md`, held to the laws by each runner that the page shows. */
export async function proveAdapter(rehearsal) {
  const home = join(rehearsal.folder, 'author')
  const page = readFileSync(join(rehearsal.shop, 'docs/adapter-authoring.md'), 'utf8')
  mkdirSync(home)
  for (const [file, text] of filesOf(page)) writeFileSync(join(home, file), text)
  await rehearsal.npmIn(home, 'install', '@wantconn/pool-core', ...tools())
  await tool('typescript', ['--allowJs'], { cwd: home }, home)

  const counts = []
  for (const { run, passed } of Object.values(RUNNERS)) {
    const said = stripVTControlCharacters(await run(home))
    counts.push(Number(passed.exec(said)?.[1]))
  }
  const isEqual = counts[0] > 0 && counts.every((count) => count === counts[0])
  if (!isEqual) throw new Error(`laws that have passed: ${counts.join(', ')}`)
  return `${counts[0]} laws with each of ${counts.length} runners`
}

/** What an author finds there, and copies. */
function filesOf(page) {
  const [, tsconfig] = /```json\n(.*?)```/s.exec(page)
  const snippets = snippetsOf(page).map(({ file, code }) => [file, code])
  const runs = Object.keys(RUNNERS)
  const missing = runs.filter((name) => !snippets.some(([file]) => file === name))
  if (missing.length > 0) throw new Error(`the page has no ${missing.join(', ')}`)
  return [
    ['package.json', '{ "private": true, "type": "module" }'],
    ['tsconfig.json', tsconfig],
    ...snippets,
  ]
}

function tools() {
  const { devDependencies } = readJson(join(root, 'package.json'))
  const own = ['typescript', '@types/node', 'vitest'].map((it) => `${it}@${devDependencies[it]}`)
  return [...own, 'mocha@^11.0.0']
}
