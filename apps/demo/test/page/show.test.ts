import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Show } from '../../page/fold/show.ts'
import type { Snapshot, StreamMessage } from '../../src/protocol.ts'
import { batch, dial, got, lane, snapshot, want } from './support/events.ts'
import { FakePool } from './support/fake-pool.ts'

const fixture = new URL('fixtures/burst.json', import.meta.url)
const recorded: readonly StreamMessage[] = JSON.parse(readFileSync(fixture, 'utf8'))

/** Shows all that is known: the first jump ends a little before the newest. */
function playToEnd(show: Show): void {
  show.advance(10_000)
  show.advance(10_000)
}

function countsOf({ stage }: Show): Record<string, number> {
  const lanes = [...stage.lanes.values()]
  const conns = lanes.flatMap((lane) => [...lane.conns.values()])
  return {
    open: conns.length,
    idle: conns.filter(({ state }) => state === 'idle').length,
    leased: conns.filter(({ state }) => state === 'leased').length,
    dialing: lanes.reduce((sum, { dials }) => sum + dials.size, 0),
    waiting: lanes.reduce((sum, { waiting }) => sum + waiting.size, 0),
  }
}

test('what a recorded burst adds up to is what the pool itself says in the end', () => {
  const [first, ...rest] = recorded as [Snapshot, ...StreamMessage[]]
  const show = new Show(first)
  for (const message of rest) if (message.type === 'batch') show.add(message)

  playToEnd(show)

  const { stats } = recorded.findLast((message) => message.stats !== undefined)!
  const { open, idle, leased, dialing, waiting } = stats!
  expect(countsOf(show)).toEqual({ open, idle, leased, dialing, waiting })
  expect(open).toBeGreaterThan(0)
})

test('in a recorded burst every want is settled once, and every dial is in the ledger once', () => {
  const [first, ...rest] = recorded as [Snapshot, ...StreamMessage[]]
  const show = new Show(first)
  for (const message of rest) if (message.type === 'batch') show.add(message)

  playToEnd(show)

  const { totals } = recorded.findLast(({ stats }) => stats !== undefined)!.stats!
  const { flying, own, other, idle, unused, failed } = show.stage.ledger
  expect(flying + own + other + idle + unused + failed).toBe(totals.dials)
  expect(show.winners.count).toBe(totals.got + totals.failed)
  const handedOver = show.winners.shares().find(({ ending }) => ending === 'handed-over')!
  expect(handedOver.count).toBeGreaterThan(0)
})

test('a snapshot in the middle gives the same picture as all from the beginning', () => {
  const pool = new FakePool({ lanes: 3, perSecond: 400, workMs: 30, dialMs: 80 })
  const whole = new Show(snapshot())
  const first = pool.advance(2_000)
  whole.add(batch(pool.t, { events: first }))
  playToEnd(whole)

  const late = new Show(snapshot({}, whole.stage.snapshot()))
  const next = pool.advance(1_000)
  for (const show of [whole, late]) {
    show.add(batch(pool.t, { events: next }))
    playToEnd(show)
  }

  expect(late.stage.snapshot()).toEqual(whole.stage.snapshot())
  expect(countsOf(late)['open']).toBeGreaterThan(0)
})

test('what has happened is told once, and not what was before', () => {
  const show = new Show(snapshot({ events: [lane, want(1)] }))

  show.add(batch(10, { events: [dial(1, 5)] }))
  show.advance(10)

  expect(show.takeFresh()).toEqual([dial(1, 5)])
  expect(show.takeFresh()).toEqual([])
})

test('nothing grows with the length of the show', () => {
  const show = new Show(snapshot({ events: [lane] }))
  for (let i = 1; i <= 400; i++) {
    const events = Array.from({ length: 50 }, (_, n) => {
      const id = i * 50 + n
      return [want(id, i * 50), got(id, 1, { t: i * 50 })]
    }).flat()
    const points = { ours: events.map(({ t }) => [t, 5] as const) }
    show.add(
      batch(i * 50, { events, points, marks: [{ t: i * 50, kind: 'fault', text: 'reset' }] }),
    )
    show.advance(50)
  }

  expect(show.stories.size).toBeLessThan(5_001)
  expect([...show.race.points('ours')].length).toBeLessThan(3_001)
  expect(show.race.marks().length).toBeLessThan(41)
  expect(show.takeFresh().length).toBeLessThan(601)
})
