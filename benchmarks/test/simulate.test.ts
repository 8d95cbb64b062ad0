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
    readonly cases: readonly {
      readonly name: string
      readonly rounds: readonly Record<string, number>[]
    }[]
  }[]
}

test('npm run bench -- simulate plays and explores, once if not told otherwise', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const json = join(folder, 'simulate.json')

  const args = [main, 'simulate', '--quick', '--json', json]
  const { stdout } = await promisify(execFile)(process.execPath, args)

  const { figures } = JSON.parse(await readFile(json, 'utf8')) as Written
  expect(figures.map(({ name }) => name)).toEqual(['random-lives', 'every-order'])
  const [lives, orders] = figures.map(({ cases }) => cases)
  for (const { rounds } of [...(lives ?? []), ...(orders ?? [])]) expect(rounds).toHaveLength(1)
  expect(lives?.[0]?.rounds[0]?.['steps']).toBeGreaterThanOrEqual(10_000)
  expect(orders?.map(({ rounds }) => rounds[0]?.['transitions'])).toEqual(Array(6).fill(600))
  expect(stdout).toContain('time for 10 million steps on two cores')
})
