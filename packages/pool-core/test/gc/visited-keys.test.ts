import { expect, test } from 'vitest'
import { runChild } from './child.ts'

interface Run {
  entries: number
  growth: number
  open: number
  dialing: number
  waiting: number
}

test('160, 163: a hundred thousand keys visited once leave no entry and nothing on the heap', {
  timeout: 300_000,
}, async () => {
  const runs = await runChild<Record<string, Run>>('visited-keys.mjs')

  expect(Object.keys(runs)).toHaveLength(7)
  for (const [name, run] of Object.entries(runs)) {
    expect(run, name).toMatchObject({ entries: 0, open: 0, dialing: 0, waiting: 0 })
    expect(run.growth, name).toBeLessThanOrEqual(2 ** 20)
  }
})
