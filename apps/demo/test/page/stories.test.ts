import { expect, test } from 'vitest'
import { remembered, Stories } from '../../page/fold/stories.ts'
import type { PoolEvent } from '../../src/protocol.ts'
import { closed, dial, dialed, got, idle, want } from './support/events.ts'

function told(...events: PoolEvent[]): Stories {
  const stories = new Stories()
  for (const event of events) stories.fold(event)
  return stories
}

test('a want tells who won, how long it waited and what it got', () => {
  const stories = told(want(1, 10), got(1, 7, { t: 15, waitedMs: 5, by: 'handed-over' }))

  expect(stories.find({ kind: 'want', id: 1 })).toMatchObject({
    request: 101,
    statedAt: 10,
    settledAt: 15,
    waitedMs: 5,
    by: 'handed-over',
    conn: 7,
  })
})

test('a want that failed tells why, and that it got nothing', () => {
  const failed: PoolEvent = {
    type: 'want-failed',
    t: 9,
    lane: 1,
    want: 1,
    request: 101,
    error: 'ERR_POOL_QUEUE_FULL',
    waitedMs: 0,
  }

  const story = told(want(1), failed).find({ kind: 'want', id: 1 })

  expect(story).toMatchObject({ error: 'ERR_POOL_QUEUE_FULL', settledAt: 9 })
  expect(story).not.toHaveProperty('conn')
})

test('a dial that served its own want says so, and whom', () => {
  const own = got(1, 7, { by: 'own-dial', dial: 3, reused: false })

  const stories = told(want(1), dial(3), dialed(3, 7, 20), own)

  expect(stories.find({ kind: 'dial', id: 3 })).toMatchObject({
    fate: 'own',
    want: 1,
    request: 101,
    surplus: false,
    conn: 7,
  })
})

test.each([
  ['another want', got(2, 7, { by: 'other-dial', dial: 3 }), 'other'],
  ['nobody, and goes idle', idle(7, 21, 3), 'idle'],
  ['nobody, and is closed', closed(7, 21, 3), 'unused'],
])('a late dial serves %s', (_, event, fate) => {
  const stories = told(dial(3), dialed(3, 7, 20, true), event)

  expect(stories.find({ kind: 'dial', id: 3 })).toMatchObject({ fate, surplus: true })
})

test('a dial without a connection has failed', () => {
  const stories = told(dial(3), dialed(3, undefined, 20))

  const story = stories.find({ kind: 'dial', id: 3 })

  expect(story).toMatchObject({ fate: 'failed', error: 'ECONNREFUSED' })
})

test('a dial knows when each of its phases began', () => {
  const phase: PoolEvent = { type: 'phase', t: 8, lane: 1, dial: 3, phase: 'connect' }

  const story = told(dial(3, 2), phase).find({ kind: 'dial', id: 3 })

  expect(story).toMatchObject({
    phases: [
      { phase: 'lookup', t: 2 },
      { phase: 'connect', t: 8 },
    ],
  })
})

test('the second use of a connection is not told as what its dial was for', () => {
  const first = got(1, 7, { by: 'own-dial', dial: 3 })

  const stories = told(dial(3), dialed(3, 7), first, idle(7), got(2, 7, { by: 'idle' }))

  expect(stories.find({ kind: 'dial', id: 3 })).toMatchObject({ fate: 'own', want: 1 })
})

test('a connection tells its uses, the latest first, and why it was closed', () => {
  const stories = told(
    dial(3),
    dialed(3, 7, 20),
    got(1, 7, { t: 20 }),
    idle(7, 30),
    got(2, 7, { t: 40, by: 'idle', idleMs: 10 }),
    closed(7, 50),
  )

  const story = stories.find({ kind: 'conn', id: 7 })

  expect(story).toMatchObject({ uses: 2, dial: 3, port: 4_007, reason: 'closed-by-peer' })
  if (story?.kind !== 'conn') throw new Error('no connection')
  const uses = story.recent.latest()
  expect(uses.map(({ want, doneAt }) => [want, doneAt])).toEqual([
    [2, undefined],
    [1, 30],
  ])
})

test('what was there before the first event is known from then on', () => {
  const stories = new Stories({
    lanes: [
      {
        lane: 1,
        key: 'tcp a:1',
        name: 'a:1',
        waiting: [{ want: 5, request: 50, since: 1 }],
        dials: [{ dial: 6, since: 2, phase: 'connect' }],
        conns: [{ conn: 7, state: 'idle', since: 3, openedAt: 1, dial: 2, uses: 9 }],
      },
    ],
    ledger: { flying: 1, own: 0, other: 0, idle: 0, unused: 0, failed: 0, surplus: 0 },
  })

  expect(stories.find({ kind: 'want', id: 5 })).toMatchObject({ statedAt: 1 })
  expect(stories.find({ kind: 'dial', id: 6 })).toMatchObject({ fate: 'flying' })
  expect(stories.find({ kind: 'conn', id: 7 })).toMatchObject({ uses: 9, idleSince: 3 })
})

test('an event about what is not known changes nothing', () => {
  const stories = told(got(1, 7), idle(7), closed(7), dialed(3, undefined))

  expect(stories.find({ kind: 'want', id: 1 })).toBeUndefined()
  expect(stories.size).toBe(0)
})

test('an hour of traffic is not remembered, but its latest part is', () => {
  const stories = new Stories()
  const rounds = 20_000

  for (let id = 1; id <= rounds; id++) {
    const round = [want(id), dial(id), dialed(id, id), got(id, id, { dial: id }), closed(id)]
    for (const event of round) stories.fold(event)
  }

  expect(stories.size).toBe(remembered.wants + remembered.dials + remembered.conns)
  expect(stories.find({ kind: 'want', id: rounds })).toBeDefined()
  expect(stories.find({ kind: 'want', id: 1 })).toBeUndefined()
  expect(stories.dials(rounds)).toHaveLength(remembered.dials)
})

test('a busy connection remembers its latest uses only', () => {
  const stories = told(dial(3), dialed(3, 7))

  for (let id = 1; id <= 1_000; id++) stories.fold(got(id, 7))

  const story = stories.find({ kind: 'conn', id: 7 })
  expect(story).toMatchObject({ uses: 1_000, recent: { length: remembered.uses } })
})
