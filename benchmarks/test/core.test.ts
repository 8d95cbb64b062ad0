import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const run = (...args: string[]) => promisify(execFile)(process.execPath, [main, ...args])

interface Written {
  readonly environment: Record<string, unknown>
  readonly figures: readonly {
    readonly name: string
    readonly cases: readonly { readonly name: string; readonly rounds: readonly object[] }[]
    readonly wanted: readonly object[]
  }[]
}

describe('npm run bench -- core', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bench-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('measures every figure, shows it and writes it down', { timeout: 120_000 }, async () => {
    const json = join(folder, 'new', 'core.json')

    const { stdout } = await run('core', '--quick', '--rounds', '1', '--json', json)

    const written = JSON.parse(await readFile(json, 'utf8')) as Written
    expect(written.environment).toMatchObject({
      node: process.version,
      peers: { 'generic-pool': expect.stringMatching(/^\d/) },
    })
    expect(written.figures.map(({ name }) => name)).toEqual([
      'acquire-release',
      'try-acquire',
      'cancel',
      'waiting-want',
      'idle-connection',
      'expiry',
    ])
    for (const { cases, wanted } of written.figures) {
      expect(wanted.length).toBeGreaterThan(0)
      for (const { name, rounds } of cases) {
        expect(rounds).toHaveLength(1)
        for (const value of Object.values(rounds[0] ?? {})) expect(value).toBeTypeOf('number')
        expect(stdout).toContain(name)
      }
    }
  })

  test('measures one figure if told so', { timeout: 60_000 }, async () => {
    const json = join(folder, 'core.json')

    await run('core', '--quick', '--rounds', '1', '--only', 'expiry', '--json', json)

    const written = JSON.parse(await readFile(json, 'utf8')) as Written
    expect(written.figures.map(({ name }) => name)).toEqual(['expiry'])
  })

  test.each([
    [['core', '--nonsense'], '--nonsense'],
    [['core', '--rounds', 'many'], '--rounds'],
    [['core', '--rounds', '0'], '--rounds'],
    [['core', '--only', 'nothing'], '--only'],
    [['nonsense'], 'nonsense'],
    [['core', '--quick', '--json', '/dev/null/core.json'], '/dev/null'],
  ])('%j ends with one clear line', { timeout: 60_000 }, async (args, named) => {
    const failed = run(...args)

    await expect(failed).rejects.toMatchObject({ code: 1, stdout: '' })
    const { stderr } = (await failed.catch((error: unknown) => error)) as { stderr: string }
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toContain(named)
  })
})
