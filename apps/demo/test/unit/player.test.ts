import { expect, test } from 'vitest'
import type { Batch, PoolEvent } from '../../src/protocol.ts'
import { Player } from '../../src/show/player.ts'
import { Recording } from '../../src/show/recording.ts'

const dial = (id: number): PoolEvent => ({ type: 'dial', t: id * 10, lane: 1, dial: id })
const batch = (t: number, ...events: PoolEvent[]): Batch => ({ type: 'batch', t, events })
const figures = (t: number): Batch => ({ type: 'batch', t, figures: [] })

/** Six dials in three batches, at 20, 40 and 60; figures in between. */
function recorded(): Recording {
  const recording = new Recording({ maxEvents: 100, maxMs: 60_000 })
  recording.add(batch(20, dial(1), dial(2)))
  recording.add(figures(30))
  recording.add(batch(40, dial(3), dial(4)))
  recording.add(batch(60, dial(5), dial(6)))
  return recording
}

const dialsOf = (batches: readonly Batch[]): number[] =>
  batches.flatMap(({ events = [] }) => events.map((event) => ('dial' in event ? event.dial! : 0)))

test('a replay shows batches when their time has come', () => {
  const player = new Player(recorded())

  player.replay(0, 1)

  expect(player.told.events).toEqual([])
  expect(dialsOf(player.advance(0))).toEqual([1, 2])
  expect(dialsOf(player.advance(19))).toEqual([])
  expect(dialsOf(player.advance(1))).toEqual([3, 4])
  expect(player.mode).toBe('replaying')
})

test('a replay at twice the speed takes half the time', () => {
  const player = new Player(recorded())

  player.replay(0, 2)

  expect(dialsOf(player.advance(10))).toEqual([1, 2, 3, 4])
})

test('a replay from later on begins with what was before', () => {
  const player = new Player(recorded())

  player.replay(40, 1)

  expect(player.told.events).toEqual([dial(1), dial(2)])
  expect(dialsOf(player.advance(0))).toEqual([3, 4])
})

test('at its end a replay is paused, with all shown', () => {
  const player = new Player(recorded())
  player.replay(0, 10)

  player.advance(1_000)

  expect([player.mode, player.t, player.speed]).toEqual(['paused', 60, 0])
  expect(player.told.events).toHaveLength(6)
  expect(player.hasMore).toBe(false)
})

test('steps show one event after the other, and figures with the last one of theirs', () => {
  const player = new Player(recorded())
  player.replay(0, 1)
  player.pause(0)

  expect(dialsOf(player.step(1))).toEqual([1])
  expect(player.told.events).toEqual([dial(1)])
  expect(player.step(1)).toEqual([batch(20, dial(2))])
  expect(player.step(1)).toEqual([figures(30), batch(30, dial(3))])
  expect(dialsOf(player.step(10))).toEqual([4, 5, 6])
  expect(player.step(1)).toEqual([])
})

test('what happens while it is paused is shown by steps only', () => {
  const recording = recorded()
  const player = new Player(recording)
  player.pause(60)

  recording.add(batch(80, dial(7)))

  expect(player.told.events).toHaveLength(6)
  expect(player.hasMore).toBe(true)
  expect(dialsOf(player.step(1))).toEqual([7])
})

test('live again, it tells all there is', () => {
  const recording = recorded()
  const player = new Player(recording)
  player.pause(60)
  recording.add(batch(80, dial(7)))

  player.live()

  expect(player.told.events).toHaveLength(7)
  expect([player.mode, player.speed]).toEqual(['live', 1])
})

test('a place that is not recorded any more is the beginning of what is', () => {
  const recording = new Recording({ maxEvents: 2, maxMs: 60_000 })
  recording.add(batch(20, dial(1), dial(2)))
  const player = new Player(recording)
  player.replay(0, 1)
  player.pause(0)

  recording.add(batch(40, dial(3), dial(4)))

  expect(dialsOf(player.step(1))).toEqual([3])
})
