import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const script = fileURLToPath(new URL('../scripts/go-coverage.mjs', import.meta.url))

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('each behaviour of Go’s pool has a test here, or a reason to have none', () => {
  // when the names of all tests are held against the table
  const { status, stderr } = run()

  // then there is nothing to complain of
  expect(stderr).toBe('')
  expect(status).toBe(0)
})

describe('the check itself', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'go-coverage-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const check = (entry: object, ...names: string[]) => {
    const table = join(folder, 'table.json')
    writeFileSync(table, JSON.stringify({ 7: { section: 'A', title: 'a rule', ...entry } }))
    const text = names.map((name) => `test('${name}', () => {})\n`).join('')
    writeFileSync(join(folder, 'some.test.ts'), text)
    return run(table, folder)
  }

  test.each([
    ['neither a test nor a reason', {}, [], '7 has no test and no reason'],
    ['both', { untested: 'why' }, ['7: it holds'], '7 has a test and a reason'],
    ['a test for a number that is not in the table', {}, ['7, 8: it holds'], '8 is in no table'],
  ])('it fails for %s', (_, entry, names, complaint) => {
    // when that is checked
    const { status, stderr } = check(entry, ...names)

    // then it says so
    expect(stderr).toContain(complaint)
    expect(status).toBe(1)
  })

  test('it lists what has no test, and why', () => {
    // when a number has a reason
    const { status, stdout } = check({ untested: 'belongs elsewhere' }, 'it holds')

    // then that is told
    expect(stdout).toContain('A   7  a rule (belongs elsewhere)')
    expect(status).toBe(0)
  })
})
