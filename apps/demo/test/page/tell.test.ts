import { expect, test } from 'vitest'
import { Stories } from '../../page/fold/stories.ts'
import type { Story, Thing } from '../../page/fold/story.ts'
import { brief, tell } from '../../page/story/tell.ts'
import { duration } from '../../page/story/words.ts'
import type { PoolEvent } from '../../src/protocol.ts'
import { closed, dial, dialed, got, idle, want } from './support/events.ts'

function story(thing: Thing, ...events: PoolEvent[]): Story {
  const stories = new Stories()
  for (const event of events) stories.fold(event)
  return stories.find(thing)!
}

function words(of: Story, now = 100): string {
  const { lines } = tell(of, now)
  const text = (line: (typeof lines)[number]) =>
    line.map((part) => (typeof part === 'string' ? part : part.label)).join('')
  return lines.map(text).join(' ')
}

test('a waiting want tells for how long', () => {
  expect(words(story({ kind: 'want', id: 1 }, want(1, 60)))).toMatch(/In line for 40 ms so far/)
})

test('a settled want tells who won, and leads to the connection', () => {
  const settled = story({ kind: 'want', id: 1 }, want(1), got(1, 7, { waitedMs: 34 }))

  expect(words(settled)).toMatch(/after 34 ms.*another request had just given back/)
  expect(tell(settled, 100).lines.flat()).toContainEqual({
    thing: { kind: 'conn', id: 7 },
    label: 'connection 7',
  })
})

test('a surplus dial tells that nobody waited for it any more', () => {
  const late = story({ kind: 'dial', id: 3 }, dial(3), dialed(3, 7, 50, true), idle(7, 50, 3))

  expect(words(late)).toMatch(/after 50 ms, and went idle.*Surplus/)
})

test('a failed dial tells its error, and of no connection', () => {
  const failed = story({ kind: 'dial', id: 3 }, dial(3), dialed(3, undefined, 50))

  expect(words(failed)).toMatch(/Failed after 50 ms: ECONNREFUSED/)
  expect(words(failed)).not.toMatch(/brought/)
})

test('a closed connection tells why', () => {
  const gone = story({ kind: 'conn', id: 7 }, dial(3), dialed(3, 7), closed(7, 80))

  expect(words(gone)).toMatch(/Closed at 0\.080 s: the other side closed it/)
})

test('the brief form is one line', () => {
  const waiting = story({ kind: 'want', id: 1 }, want(1, 60))

  expect(brief(waiting, 100)).toBe('Want 1: In line for 40 ms so far.')
})

test.each([
  [0, '0 ms'],
  [0.44, '0.4 ms'],
  [9.96, '10 ms'],
  [12.4, '12 ms'],
  [999.6, '1.00 s'],
  [1_250, '1.25 s'],
  [12_340, '12.3 s'],
])('%d ms reads %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})
