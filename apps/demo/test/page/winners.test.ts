import { expect, test } from 'vitest'
import { Winners } from '../../page/fold/winners.ts'
import { got, want } from './support/events.ts'

function shareOf(winners: Winners, ending: string): { count: number; waitedMs: number } {
  const { count, waitedMs } = winners.shares().find((share) => share.ending === ending)!
  return { count, waitedMs }
}

test('each ending is counted, with how long was waited for it', () => {
  const winners = new Winners()

  winners.fold(want(1))
  winners.fold(got(1, 1, { by: 'handed-over', waitedMs: 10 }))
  winners.fold(got(2, 1, { by: 'handed-over', waitedMs: 30 }))
  winners.fold(got(3, 1, { by: 'own-dial', waitedMs: 200 }))

  expect(winners.count).toBe(3)
  expect(shareOf(winners, 'handed-over')).toEqual({ count: 2, waitedMs: 20 })
  expect(shareOf(winners, 'own-dial')).toEqual({ count: 1, waitedMs: 200 })
  expect(shareOf(winners, 'idle')).toEqual({ count: 0, waitedMs: 0 })
})

test('only the latest thousand count', () => {
  const winners = new Winners()

  for (let i = 0; i < 500; i++) winners.fold(got(i, 1, { by: 'own-dial' }))
  for (let i = 0; i < 1_000; i++) winners.fold(got(i, 1, { by: 'idle', waitedMs: 0 }))

  expect(winners.count).toBe(1_000)
  expect(shareOf(winners, 'own-dial')).toEqual({ count: 0, waitedMs: 0 })
  expect(shareOf(winners, 'idle')).toEqual({ count: 1_000, waitedMs: 0 })
})
