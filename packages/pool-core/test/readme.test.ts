import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { lawBook } from '../src/testing/laws/law-book.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(`${root}README.md`, 'utf8')
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code as string)

const outputs: [name: string, output: RegExp][] = [
  [
    'the pool',
    /a: how are you\?.*a: again\? { reused: true, wasIdle: true }.*closed: pool-closed/s,
  ],
  ['the tester', /as expected/],
  [
    'simulate and explore',
    /\d{4,} steps, \d{3,} wants got a connection: \w+\n\d{2,} transitions, all there are/,
  ],
  ['the law book', new RegExp(`^${lawBook.length} laws; the first is "mine key-1: `)],
]

test.each(outputs.map(([name, output], index) => [name, index, output] as const))(
  'the example of %s runs as it stands',
  async (_, index, output) => {
    const example = examples[index] as string
    const args = ['--input-type=module', '--eval', example]

    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root })

    expect(stderr).toBe('')
    expect(stdout).toMatch(output)
  },
)

test('every example is run', () => {
  expect(examples).toHaveLength(outputs.length)
  expect(readme).toContain(`of ${lawBook.length} laws`)
})

test('the size that it promises is the one that is kept to', () => {
  const limits = readFileSync(`${root}../../.size-limit.json`, 'utf8')
  const [{ limit }] = JSON.parse(limits) as [{ limit: string }]

  expect(readme.replace(/\s+/g, ' ')).toContain(`\`import { Pool }\` is less than ${limit}`)
})
