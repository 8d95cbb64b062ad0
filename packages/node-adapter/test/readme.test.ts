import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(`${root}README.md`, 'utf8')
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code as string)

test.each([
  ['the agent', 0, /you asked for \/one.*you asked for \/three.*wants: 3/s],
  ['the adapter', 1, /^hello$/m],
  ['a failed dial', 2, /^true lookup tls no-such-name.invalid:443$/m],
])('the example of %s runs as it stands', async (_, index, output) => {
  const args = ['--input-type=module', '--eval', examples[index] as string]

  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root })

  expect(stderr).toBe('')
  expect(stdout).toMatch(output)
})
