import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(`${root}README.md`, 'utf8')
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code as string)

test.each([
  ['the client', 0, /200: you asked for \/one.*\/three.*\d session/s],
  ['the adapter', 1, /^hello$/m],
  ['the negotiating adapter', 2, /^lookup$/m],
])('the example of %s runs as it stands', async (_, index, output) => {
  const args = ['--input-type=module', '--eval', examples[index] as string]

  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root })

  expect(stderr).toBe('')
  expect(stdout).toMatch(output)
})
