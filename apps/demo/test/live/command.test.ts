import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { DemoProcess } from '../support/demo-process.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

test('a port in use ends with one clear line', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo

  const { code, stdout, stderr } = await new DemoProcess(['--port', String(port)]).ended

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(new RegExp(`^error: port ${port} is in use.*\\n$`))
})

test('a page that has not been built ends with one clear line', async () => {
  const folder = await mkdtemp(here('../unbuilt-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await cp(here('../../dist'), folder, {
    recursive: true,
    filter: (path) => !path.startsWith(here('../../dist/page')),
  })

  const { code, stdout, stderr } = await new DemoProcess(['--port', '0'], `${folder}/main.js`).ended

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^error: the page has not been built yet.*\n$/)
})
