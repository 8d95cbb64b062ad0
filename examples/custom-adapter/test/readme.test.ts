import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { RespServer } from './resp-server.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const [, example = ''] = /```js\n(.*?)```/s.exec(readFileSync(`${root}README.md`, 'utf8')) ?? []

test('the example of the README runs as it stands, but for the port', async () => {
  const server = await RespServer.start({ password: 'sesame' })
  const args = ['--input-type=module', '--eval', example.replace('6379', String(server.port))]

  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root })

  expect(stdout).toBe('green\n')
  await expect.poll(() => server.openConnections).toBe(0)
  await server.stop()
})
