import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const page = fileURLToPath(new URL('../../../../docs/testing-your-app.md', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

let folder: string
let files: string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'testing-your-app-'))
  await mkdir(join(folder, 'node_modules/@wantconn'), { recursive: true })
  await symlink(root, join(folder, 'node_modules/@wantconn/pool-core'), 'dir')
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const text = await readFile(page, 'utf8')
  const examples = [...text.matchAll(/```(\w+)\n\/\/ (\S+)\n(.*?)```/gs)]
  for (const [, , file = '', code = ''] of examples) await writeFile(join(folder, file), code)
  files = examples.map(([, , file = '']) => file)
})
afterAll(() => rm(folder, { recursive: true }))

test('every example of the page has a file name', async () => {
  const text = await readFile(page, 'utf8')

  expect(text.match(/^```\w/gm)).toHaveLength(files.length)
})

test.each([
  ['prices.test.js', 5],
  ['one-case.test.js', 1],
  ['simulate.test.js', 1],
  ['explore.test.js', 1],
])('%s passes as it stands', { timeout: 60_000 }, async (file, count) => {
  const args = ['--test', '--test-reporter=tap', file]

  // Under the runner of this test, node:test would take itself for a child of one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const run = promisify(execFile)(process.execPath, args, { cwd: folder, env })
  const { stdout } = await run.catch((failed: { stdout: string }) => failed)

  expect(stdout).toMatch(new RegExp(`^# pass ${count}$`, 'm'))
  expect(stdout).toMatch(/^# fail 0$/m)
})

test('all that is tested there is run here', () => {
  expect(files.filter((file) => file.endsWith('.test.js')).sort()).toEqual([
    'explore.test.js',
    'one-case.test.js',
    'prices.test.js',
    'simulate.test.js',
  ])
})
