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

test('npm run bench -- dispatcher measures every figure with every dispatcher', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const json = join(folder, 'dispatcher.json')

  const args = [main, 'dispatcher', '--quick', '--rounds', '1', '--json', json]
  const { stdout } = await promisify(execFile)(process.execPath, args)

  const { figures } = JSON.parse(await readFile(json, 'utf8')) as Written
  const names = ['50', '500', 'fetch', 'burst', 'jitter'].map((name) => `dispatcher-${name}`)
  expect(figures.map(({ name }) => name)).toEqual(names)
  for (const { name, cases } of figures) {
    const peers = cases.map((each) => each.name)
    const others =
      name === 'dispatcher-fetch'
        ? ["Node's own agent"]
        : ['undici Pool', 'undici Agent', 'bare undici Clients']
    expect(peers).toEqual(expect.arrayContaining(['PoolDispatcher', ...others]))
    for (const { rounds } of cases) {
      expect(rounds).toHaveLength(1)
      for (const value of Object.values(rounds[0] ?? {})) expect(value).toBeTypeOf('number')
    }
  }
  expect(stdout).toContain('requests a second, 500: ours / undici Pool')
})
