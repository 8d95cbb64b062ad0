import { expect, test } from 'vitest'
import { program, withSuite } from '../src/cli.ts'

test.each([
  [[], ['all']],
  [
    ['--rounds', '3'],
    ['all', '--rounds', '3'],
  ],
  [
    ['core', '--rounds', '3'],
    ['core', '--rounds', '3'],
  ],
  [['--help'], ['--help']],
  [['-h'], ['-h']],
])('of the arguments %j, %j is made', (given, made) => {
  expect(withSuite(given)).toEqual(made)
})

test.each([
  ['fast', "there is no suite 'fast'; there are core, "],
  ['--rounds', 'argument missing'],
  ['--fast', "unknown option '--fast'"],
])('%s is told to be wrong', async (arg, why) => {
  const bench = program()
  const said: string[] = []
  for (const command of [bench, ...bench.commands]) {
    command.exitOverride().configureOutput({ writeErr: (text) => said.push(text) })
  }

  await expect(bench.parseAsync(withSuite([arg]), { from: 'user' })).rejects.toThrow()

  expect(said.join('')).toContain(why)
})
