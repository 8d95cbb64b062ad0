import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Pool } from '@wantconn/pool-core'
import { expect, test } from 'vitest'
import { netAdapter } from '../src/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(`${root}README.md`, 'utf8')
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code as string)

test.each([
  ['the agent', 0, /you asked for \/one.*you asked for \/three.*wants: 3/s],
  ['the dispatcher', 1, /you asked for \/one.*wants: 1/s],
  ['the adapter', 2, /^hello$/m],
  ['a failed dial', 3, /^true lookup tls no-such-name.invalid:443$/m],
])('the example of %s runs as it stands', async (_, index, output) => {
  const args = ['--input-type=module', '--eval', examples[index] as string]

  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root })

  expect(stderr).toBe('')
  expect(stdout).toMatch(output)
})

test.each([
  ['netAdapter', () => netAdapter({ unknown: 1 } as object)],
  ['a pool', () => new Pool(netAdapter(), { unknown: 1 } as object)],
])('every option of %s is named', (_, make) => {
  const [, names] = /known are (.*)$/.exec(messageOf(make)) ?? []

  const missing = names?.split(', ').filter((name) => !readme.includes(`\`${name}\``))

  expect(missing).toEqual([])
})

test('every code of the pool that a request can fail with is named', () => {
  const errors = readFileSync(`${root}../pool-core/src/errors.ts`, 'utf8')
  const codes = [...errors.matchAll(/^ {2}\| '(ERR_POOL_\w+)'/gm)].map(([, code]) => code as string)

  const missing = codes.filter((code) => !readme.includes(`\`${code}\``))

  // A request's want is canceled with a reason of its own, and its lease is ended once.
  expect(missing).toEqual(['ERR_POOL_CANCELED', 'ERR_POOL_LEASE_FINISHED'])
})

function messageOf(run: () => unknown): string {
  try {
    run()
    return ''
  } catch (error) {
    return String((error as Error).message)
  }
}
