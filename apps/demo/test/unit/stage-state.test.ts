import { expect, test } from 'vitest'
import type { PoolEvent } from '../../src/protocol.ts'
import { Stage } from '../../src/stage-state.ts'

const lane: PoolEvent = { type: 'lane', t: 0, lane: 1, key: 'tcp a:1', name: 'a:1' }

function fold(...events: PoolEvent[]): Stage {
  const stage = new Stage()
  for (const event of [lane, ...events]) stage.fold(event)
  return stage
}

const want = (id: number, t = 0): PoolEvent => ({
  type: 'want',
  t,
  lane: 1,
  want: id,
  request: id,
})
const dial = (id: number, t = 0): PoolEvent => ({ type: 'dial', t, lane: 1, dial: id })
const dialed = (id: number, conn: number, surplus = false): PoolEvent => ({
  type: 'dialed',
  t: 10,
  lane: 1,
  dial: id,
  durationMs: 10,
  conn,
  surplus,
})
const got = (id: number, conn: number, more: object = {}): PoolEvent => ({
  type: 'got',
  t: 10,
  lane: 1,
  want: id,
  request: id,
  conn,
  by: 'idle',
  waitedMs: 10,
  idleMs: 0,
  reused: false,
  ...more,
})

test('a want that its own dial served leaves the line, and the dial is in the ledger', () => {
  const stage = fold(want(1), dial(1), dialed(1, 1), got(1, 1, { by: 'own-dial', dial: 1 }))

  const [one] = stage.snapshot().lanes
  expect(one).toMatchObject({ waiting: [], dials: [] })
  expect(one?.conns).toMatchObject([{ conn: 1, state: 'leased', uses: 1, request: 1, dial: 1 }])
  expect(stage.ledger).toMatchObject({ flying: 0, own: 1, other: 0, idle: 0, surplus: 0 })
})

test('a late dial that goes idle is idle in the ledger, also after somebody has used its connection', () => {
  const stage = fold(
    dial(1),
    dialed(1, 1, true),
    { type: 'idle', t: 10, lane: 1, conn: 1, dial: 1 },
    want(1),
    got(1, 1),
  )

  expect(stage.ledger).toMatchObject({ idle: 1, own: 0, other: 0, surplus: 1 })
})

test('each dial is in the ledger once, whatever became of it', () => {
  const failed: PoolEvent = {
    type: 'dialed',
    t: 10,
    lane: 1,
    dial: 3,
    durationMs: 10,
    error: 'ECONNREFUSED',
    surplus: false,
  }
  const unused: PoolEvent = {
    type: 'closed',
    t: 10,
    lane: 1,
    conn: 4,
    reason: 'dial-unwanted',
    uses: 0,
    dial: 4,
  }
  const stage = fold(
    ...[1, 2, 3, 4, 5].map((id) => dial(id)),
    dialed(1, 1),
    got(1, 1, { by: 'own-dial', dial: 1 }),
    dialed(2, 2, true),
    got(2, 2, { by: 'other-dial', dial: 2 }),
    failed,
    dialed(4, 4, true),
    unused,
  )

  const { flying, own, other, idle, unused: closed, failed: broken } = stage.ledger
  expect([flying, own, other, idle, closed, broken]).toEqual([1, 1, 1, 0, 1, 1])
})

test('what is gone leaves nothing behind', () => {
  const stage = fold(
    want(1),
    dial(1),
    dialed(1, 1),
    got(1, 1, { by: 'own-dial', dial: 1 }),
    { type: 'closed', t: 20, lane: 1, conn: 1, reason: 'idle-timeout', uses: 1 },
    want(2),
    { type: 'want-failed', t: 20, lane: 1, want: 2, request: 2, error: 'E', waitedMs: 1 },
  )

  expect(stage.snapshot().lanes).toMatchObject([{ waiting: [], dials: [], conns: [] }])
})

test('a session shows its streams, its capacity and that it drains', () => {
  const stage = fold(dial(1), dialed(1, 1), {
    type: 'streams',
    t: 20,
    lane: 1,
    conn: 1,
    streams: 3,
    capacity: 10,
    draining: true,
  })

  expect(stage.snapshot().lanes[0]?.conns).toMatchObject([
    { streams: 3, capacity: 10, draining: true },
  ])
})

test('a stage made of a snapshot goes on as the one that it was taken of', () => {
  const first = fold(want(1), dial(1), { type: 'phase', t: 1, lane: 1, dial: 1, phase: 'connect' })
  const second = new Stage(JSON.parse(JSON.stringify(first.snapshot())))

  for (const stage of [first, second]) {
    stage.fold(dialed(1, 1))
    stage.fold(got(1, 1, { by: 'own-dial', dial: 1 }))
  }

  expect(second.snapshot()).toEqual(first.snapshot())
})

test('a snapshot does not change with what comes after it', () => {
  const stage = fold(dial(1))
  const before = stage.snapshot()

  stage.fold({ type: 'phase', t: 1, lane: 1, dial: 1, phase: 'connect' })
  stage.fold(dial(2))

  expect(before.lanes[0]?.dials).toEqual([{ dial: 1, since: 0, phase: 'lookup' }])
})
