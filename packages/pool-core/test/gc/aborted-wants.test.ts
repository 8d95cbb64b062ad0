import { expect, test } from 'vitest'
import { runChild } from './child.ts'

interface Run {
  failed: number
  growth: number
  listeners: number
  onSignals: number
  waiting: number
  keys: number
}

test('159, 160, 161: a million aborted wants leave nothing on the heap and no listener on a signal', {
  // Three quarters of a minute of a processor, which others may want, too.
  timeout: 1_200_000,
}, async () => {
  const runs = await runChild<Record<string, Run>>('aborted-wants.mjs')

  expect(Object.values(runs).map(({ failed }) => failed)).toEqual([1e6, 1e6, 1e5, 1e6])
  for (const [name, run] of Object.entries(runs)) {
    expect(run, name).toMatchObject({ listeners: 0, onSignals: 0, waiting: 0 })
    expect(run.growth, name).toBeLessThanOrEqual(2 ** 20)
  }
})
