import { expect, test } from 'vitest'
import type { Batch, PoolEvent } from '../../src/protocol.ts'
import { Recording } from '../../src/show/recording.ts'
import { Stage } from '../../src/stage-state.ts'

const lane: PoolEvent = { type: 'lane', t: 0, lane: 1, key: 'tcp a:1', name: 'a:1' }
const dial = (id: number): PoolEvent => ({ type: 'dial', t: id, lane: 1, dial: id })
const batch = (t: number, ...events: PoolEvent[]): Batch => ({ type: 'batch', t, events })

function record(limits: { maxEvents?: number; maxMs?: number }, batches: readonly Batch[]) {
  const recording = new Recording({ maxEvents: 1_000, maxMs: 60_000, ...limits })
  for (const one of batches) recording.add(one)
  return recording
}

function dialsIn({ base, events }: ReturnType<Recording['upTo']>): number[] {
  const stage = new Stage(base)
  for (const event of events) stage.fold(event)
  return [...(stage.lanes.get(1)?.dials.keys() ?? [])]
}

const five = [batch(1, lane, dial(1)), ...[2, 3, 4, 5].map((n) => batch(n, dial(n)))]

test('what goes is folded into the base, so that nothing is missing from the picture', () => {
  const recording = record({ maxEvents: 2 }, five)

  expect([recording.from, recording.to]).toEqual([4, 5])
  expect(dialsIn(recording.upTo(recording.end, 100))).toEqual([1, 2, 3, 4, 5])
  expect(recording.upTo(recording.end, 100).events).toHaveLength(2)
})

test('it keeps no more time than it may', () => {
  const recording = record({ maxMs: 2 }, five)

  expect([recording.from, recording.to]).toEqual([3, 5])
})

test('the latest batch stays, however large it is', () => {
  const recording = record({ maxEvents: 1 }, [batch(1, lane, dial(1), dial(2))])

  expect([recording.from, recording.to]).toEqual([1, 1])
})

test('up to a position there is what was told before it, and nothing of what came later', () => {
  const recording = record({}, five)
  const { batch: second } = recording.positionAt(2)

  expect(dialsIn(recording.upTo({ batch: second, event: 0 }, 100))).toEqual([1])
  expect(dialsIn(recording.upTo({ batch: second, event: 1 }, 100))).toEqual([1, 2])
})

test('of the events only the latest are told, the others are in the base', () => {
  const recording = record({}, five)

  const told = recording.upTo(recording.end, 2)

  expect(told.events).toEqual([dial(4), dial(5)])
  expect(dialsIn(told)).toEqual([1, 2, 3, 4, 5])
})

test('a position stays the same place when earlier batches go', () => {
  const recording = record({ maxEvents: 4 }, five.slice(0, 3))
  const { batch: third } = recording.positionAt(3)

  recording.add(five[3]!)
  recording.add(five[4]!)

  expect(recording.at(third)?.t).toBe(3)
})
