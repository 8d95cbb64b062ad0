import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, inject, test } from 'vitest'
import { Database } from './database.ts'
import { postgresIsMissing } from './postgres-server.ts'

const missing = postgresIsMissing()
const root = fileURLToPath(new URL('..', import.meta.url))
const [, example = ''] = /```js\n(.*?)```/s.exec(readFileSync(`${root}README.md`, 'utf8')) ?? []

describe.skipIf(missing)(`the README${missing ? ` (${missing})` : ''}`, () => {
  test('has an example that runs as it stands, but for the target', async () => {
    const database = await Database.create(inject('postgresPort'))
    const target = `const target = ${JSON.stringify(database.target)}\n`
    const code = example.replace(/const target = \{.*?\n\}\n/s, target)
    expect(code).toContain(database.target.user)
    const args = ['--input-type=module', '--eval', code]

    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root })

    expect(stderr).toBe('')
    expect(stdout).toBe('[ { sum: 42 } ]\ngiven up\n')
    await expect.poll(() => database.sessions()).toBe(0)
    await database.drop()
  })
})
