import { expect, test } from 'vitest'
import { runChild } from './child.ts'

test('158, 165: a dropped pool with nothing open is collected, and leaves no timer armed', {
  timeout: 120_000,
}, async () => {
  const runs =
    await runChild<Record<string, { left: string[]; timers: number }>>('dropped-pools.mjs')

  const nothing = { left: [], timers: 0 }
  expect(runs).toEqual({
    'never used': nothing,
    discarded: nothing,
    detached: nothing,
    'idle closed': nothing,
    'a want canceled and its dial ended': nothing,
    'closed while a dial hangs': nothing,
    'closed while a lease has a deadline': nothing,
    'a signal kept after warming': nothing,
    'a signal kept after acquiring': nothing,
  })
})
