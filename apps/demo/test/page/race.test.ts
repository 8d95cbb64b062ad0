import { expect, test } from 'vitest'
import { Race } from '../../page/fold/race.ts'
import { batch, figures, snapshot } from './support/events.ts'

const histogram = (...counts: number[]) => [...counts, ...Array(54 - counts.length).fill(0)]

test('of the answers of one batch the slowest are kept, in their order', () => {
  const race = new Race(snapshot())
  const points = Array.from({ length: 60 }, (_, i) => [i, i % 2 === 0 ? 100 + i : 1] as const)

  race.add(batch(60, { points: { ours: points } }))

  const kept = [...race.points('ours')]
  expect(kept.map(([t]) => t)).toEqual([44, 46, 48, 50, 52, 54, 56, 58])
})

test('the latest figures are those that are shown', () => {
  const race = new Race(snapshot({ figures: [figures('ours', { dials: 1 })] }))

  race.add(batch(10, { figures: [figures('ours', { dials: 2 })] }))
  race.add(batch(20))

  expect(race.figures('ours')?.dials).toBe(2)
  expect(race.figures('agent')).toBeUndefined()
})

test('the recent histogram is what came on top in the last ten seconds', () => {
  const race = new Race(snapshot({ figures: [figures('ours', { histogram: histogram(50, 3) })] }))
  for (let i = 1; i <= 60; i++) {
    const counts = histogram(50 + i, 3)
    race.add(batch(i * 250, { figures: [figures('ours', { histogram: counts })] }))
  }

  expect(race.histogram('ours').slice(0, 2)).toEqual([110, 3])
  expect(race.recentHistogram('ours').slice(0, 2)).toEqual([39, 0])
})

test('who is not in the race has nothing, and nothing fails', () => {
  const race = new Race(snapshot())

  expect([...race.points('undici')]).toEqual([])
  expect(race.recentHistogram('undici').every((count) => count === 0)).toBe(true)
})
