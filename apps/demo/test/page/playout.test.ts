import { expect, test } from 'vitest'
import { Playout } from '../../page/fold/playout.ts'
import type { ShowClock } from '../../src/protocol.ts'
import { batch, want } from './support/events.ts'

function playout(more: Partial<ShowClock> = {}): Playout {
  const clock = { mode: 'live', t: 0, speed: 1, recordedFrom: 0, recordedTo: 0 } as const
  return new Playout({ ...clock, ...more })
}

const wants = (...times: number[]) => times.map((t) => want(t, t))

test('events come in the frames in which they happened, not all with their batch', () => {
  const out = playout()

  out.add(batch(50, { events: wants(10, 20, 40) }))

  const frames = [16, 16, 16].map((ms) => out.advance(ms).map(({ t }) => t))
  expect(frames).toEqual([[10], [20], [40]])
})

test('time stands still rather than going beyond what is known', () => {
  const out = playout()
  out.add(batch(50))

  out.advance(500)

  expect(out.t).toBe(50)
})

test('who is far behind catches up at once', () => {
  const out = playout()

  out.add(batch(5_000, { events: wants(10, 4_000) }))

  expect(out.advance(16)).toHaveLength(2)
  expect(out.t).toBeGreaterThan(4_700)
})

test('while the show stands still, what comes is shown at once', () => {
  const out = playout({ mode: 'paused', speed: 0, t: 100 })

  out.add(batch(130, { events: wants(130) }))

  expect(out.advance(1)).toHaveLength(1)
  expect(out.t).toBe(130)
})

test('a slow replay is shown slowly', () => {
  const out = playout({ mode: 'replaying', speed: 0.1 })

  out.add(batch(20, { events: wants(2) }))

  expect(out.advance(10)).toHaveLength(0)
  expect(out.advance(10)).toHaveLength(1)
})

test('a page without frames does not hoard what it is told', () => {
  const out = playout()

  for (let i = 1; i <= 200; i++) out.add(batch(i * 50, { events: wants(...Array(50).fill(i)) }))

  expect(out.isFull).toBe(true)
  expect(out.advance(0)).toHaveLength(10_000)
  expect(out.isFull).toBe(false)
})
