import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Which behaviours of Go's pool have a test in the core, and why the others have none.
 *
 * `test/go-semantics.json` numbers them; a test proves those whose numbers begin its name, as in
 * `94, 95: a released connection beats …`. Fails for a number with neither a test nor a reason,
 * with both, or that the table does not know.
 *
 *     node scripts/go-coverage.mjs [table.json [test folder]]
 */

const packageFile = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const [table = packageFile('test/go-semantics.json'), folder = packageFile('test')] =
  process.argv.slice(2)

const entries = Object.entries(JSON.parse(readFileSync(table, 'utf8')))
const tests = testsByNumber(folder)
const known = new Set(entries.map(([number]) => number))
const faults = [
  ...entries.flatMap(([number, entry]) => faultOf(number, entry)),
  ...[...tests].flatMap(([number, names]) =>
    known.has(number) ? [] : `${number} is in no table, but in the name of a test: ${names[0]}`,
  ),
]

report()
process.exitCode = faults.length === 0 ? 0 : 1

function testsByNumber(root) {
  const found = new Map()
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((it) => it.endsWith('.test.ts'))) {
    for (const [numbers, name] of numberedNames(readFileSync(join(root, file), 'utf8'))) {
      for (const number of numbers.split(', ')) {
        found.set(number, [...(found.get(number) ?? []), name])
      }
    }
  }
  return found
}

/** The string that begins with numbers, right after the bracket of `test(` or of `test.each(…)(`. */
function numberedNames(text) {
  const names = text.matchAll(/\(\s*(['"`])(\d+(?:, \d+)*): (.*?)\1/g)
  return [...names].map(({ 2: numbers, 3: name }) => [numbers, name])
}

function faultOf(number, { title, untested }) {
  const isTested = tests.has(number)
  if (isTested && untested !== undefined) return [`${number} has a test and a reason: ${untested}`]
  if (!isTested && untested === undefined) return [`${number} has no test and no reason: ${title}`]
  return []
}

function report() {
  const without = entries.filter(([, { untested }]) => untested !== undefined)
  for (const [number, { section, title, untested }] of without) {
    console.log(`${section} ${number.padStart(3)}  ${title} (${untested})`)
  }
  const tested = entries.filter(([number]) => tests.has(number)).length
  console.log(`${entries.length} behaviours: ${tested} tested, ${without.length} not, for a reason`)
  for (const fault of faults) console.error(fault)
}
