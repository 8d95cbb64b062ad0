import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(`${root}README.md`, 'utf8')
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code as string)

test.each([
  [
    'the pool',
    /a: how are you\?.*a: again\? { reused: true, wasIdle: true }.*closed: pool-closed/s,
  ],
  ['the tester', /as expected/],
])('the example of %s runs as it stands', async (name, output) => {
  const example = examples[name === 'the pool' ? 0 : 1] as string
  const args = ['--input-type=module', '--eval', example]

  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root })

  expect(stderr).toBe('')
  expect(stdout).toMatch(output)
})

test('every example is run', () => {
  expect(examples).toHaveLength(2)
})
