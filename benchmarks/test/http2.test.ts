import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

interface Written {
  readonly figures: readonly {
    readonly name: string
    readonly cases: readonly { readonly name: string; readonly rounds: readonly object[] }[]
  }[]
}

test('npm run bench -- http2 measures every figure with every client that can', {
  timeout: 180_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const json = join(folder, 'http2.json')

  const args = [main, 'http2', '--quick', '--rounds', '1', '--json', json]
  const { stdout } = await promisify(execFile)(process.execPath, args)

  const { figures } = JSON.parse(await readFile(json, 'utf8')) as Written
  const loads = ['h2-small-50', 'h2-small-500', 'h2-large-50', 'h2-large-500']
  expect(figures.map(({ name }) => name)).toEqual([...loads, 'h2-burst', 'h2-idle-session'])
  for (const { cases } of figures) {
    const peers = cases.map(({ name }) => name)
    expect(peers).toEqual(expect.arrayContaining(['Http2Client', 'undici, allowH2']))
    for (const { rounds } of cases) {
      expect(rounds).toHaveLength(1)
      for (const value of Object.values(rounds[0] ?? {})) expect(value).toBeTypeOf('number')
    }
  }
  expect(stdout).toContain('connections of a cold burst')
})
