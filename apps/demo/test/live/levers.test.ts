import { expect, test } from 'vitest'
import type { LeverValues } from '../../src/levers.ts'
import type { Point } from '../../src/protocol.ts'
import type { ScenarioId } from '../../src/scenarios.ts'
import { demo } from '../support/demo.ts'

const running = demo()

async function pick(scenario: ScenarioId, levers: Partial<LeverValues> = {}) {
  await running.spectator.begin({ command: 'pick', scenario, levers })
  return running.spectator
}

const steady = { shape: 'steady', perSecond: 50 } as const

test('the dial delay is that of all later dials, of all contenders', async () => {
  const seen = await pick('burst', { dialDelayMs: 10 })
  const { id } = seen.run!
  await seen.until('a dial', () => seen.of('dialed').length > 0)

  await seen.do({ command: 'lever', levers: { dialDelayMs: 600 } })
  await seen.until('the mark', () => seen.marks.some(({ text }) => text === 'dialDelayMs 600'))
  const { t } = seen.marks.at(-1)!
  const later = () => seen.of('dialed').filter(({ t: at, durationMs }) => at - durationMs > t + 50)
  await seen.until('later dials', () => later().length > 0)
  await seen.until('slow answers for all', () =>
    Object.values(seen.points).every((points) => points.some(([, ms]) => ms >= 600)),
  )

  expect(Math.min(...later().map(({ durationMs }) => durationMs))).toBeGreaterThanOrEqual(600)
  expect(seen.run).toMatchObject({ id, levers: { dialDelayMs: 600 } })
})

test('the work time is that of all later answers', async () => {
  const seen = await pick('steady', { ...steady, workMs: 5, dialDelayMs: 0 })
  await seen.until('answers', () => seen.points.ours.length > 5)

  await seen.do({ command: 'lever', levers: { workMs: 300 } })
  await seen.until('the mark', () => seen.marks.length > 0)
  const { t } = seen.marks[0]!
  // Those that were asked for before the origin was told are answered by then.
  const later = (points: Point[]) => points.filter(([at, ms]) => at - ms > t + 200)
  await seen.until('later answers', () =>
    Object.values(seen.points).every((points) => later(points).length > 5),
  )

  for (const points of Object.values(seen.points)) {
    expect(Math.min(...later(points).map(([, ms]) => ms))).toBeGreaterThanOrEqual(300)
  }
})

test('the shape of the traffic is what it is said to be', async () => {
  const seen = await pick('steady', { ...steady, perSecond: 10 })
  await seen.until('requests', () => seen.of('want').length >= 5)

  await seen.do({ command: 'lever', levers: { shape: 'bursts' } })

  // A burst: so many wants at one moment, as the pool's time stands still while they are stated.
  const largest = () => Math.max(...countsOf(seen.of('want').map(({ t }) => Math.round(t / 5))))
  await seen.until('a burst of ten', () => largest() >= 10)
})

function countsOf(values: readonly number[]): number[] {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts.values()]
}

test('the rate is that of the requests', async () => {
  const seen = await pick('steady', { ...steady, perSecond: 5 })

  await seen.do({ command: 'lever', levers: { perSecond: 100 } })

  const inLastSecond = () => {
    const wants = seen.of('want')
    const { t } = wants.at(-1) ?? { t: 0 }
    return wants.filter((want) => want.t > t - 1_000).length
  }
  // What a busy machine is late with it catches up for a quarter of a second, and no more.
  await seen.until('fifty in a second', () => inLastSecond() >= 50)
  expect(inLastSecond()).toBeLessThanOrEqual(130)
})

test('the protocol is that of a new run, for everybody', async () => {
  const seen = await pick('burst')
  const { id } = seen.run!

  for (const [protocol, scheme] of [
    ['https', 'tls'],
    ['h2', 'tls'],
    ['http/1.1', 'tcp'],
  ] as const) {
    await seen.begin({ command: 'lever', levers: { protocol } })
    await seen.until(
      'answers for all',
      () => seen.figures.length === 3 && seen.figures.every(({ done }) => done > 0),
    )

    expect(seen.run!.id).toBeGreaterThan(id)
    expect(seen.of('lane')[0]?.key.split(' ')[0]).toBe(scheme)
    const capacity = seen.of('dialed').find(({ conn }) => conn !== undefined)?.capacity
    expect(capacity).toBe(protocol === 'h2' ? 100 : undefined)
    expect(seen.origins.map((origin) => origin.protocol)).toEqual([protocol, protocol, protocol])
  }
})

test('no more connections for a host than the limit, with any of them', async () => {
  const seen = await pick('burst', { maxPerKey: 3, dialDelayMs: 20 })
  const open = () => seen.figures.map((figures) => figures.open)

  for (let n = 0; n < 5; n++) {
    const before = seen.allStats.length
    await seen.until('more stats', () => seen.allStats.length > before)
    expect(Math.max(...open())).toBeLessThanOrEqual(3)
  }

  // Stats are of single moments: only the later bursts stand in line for longer than from one to the next.
  await seen.until('wants in line', () => seen.allStats.some(({ waiting }) => waiting > 0))
  expect(seen.stats!.totals.dials).toBeGreaterThan(0)
  expect(Math.max(...seen.allStats.map((stats) => stats.open + stats.dialing))).toBe(3)
})

test('no more connections in all than the limit, and idle ones make room', async () => {
  const seen = await pick('neighbours', { maxTotal: 5 })

  await seen.until('an eviction', () => (seen.stats?.totals.closed.evicted ?? 0) > 0)

  expect(Math.max(...seen.allStats.map((stats) => stats.open + stats.dialing))).toBe(5)
})

test('so many hosts are so many keys', async () => {
  const seen = await pick('neighbours', { hosts: 6, maxTotal: 0 })

  await seen.until('six keys', () => seen.stats?.keys === 6)

  expect(seen.of('lane').map(({ name }) => name.split(':')[0])).toHaveLength(6)
})

test('the line is no longer than its limit; what comes beyond is refused', async () => {
  const seen = await pick('full-line', { maxPerKey: 1, maxWaiting: 7, workMs: 200 })

  await seen.until('a refusal', () => (seen.stats?.totals.refused ?? 0) > 0)

  expect(Math.max(...seen.allStats.map(({ waiting }) => waiting))).toBeLessThanOrEqual(7)
  expect(seen.of('want-failed')[0]?.error).toBe('ERR_POOL_QUEUE_FULL')
})

test('the streams of a session change under way', async () => {
  const seen = await pick('streams', { ...steady, workMs: 200 })
  const { id } = seen.run!
  await seen.until('a session of ten', () => seen.of('streams').some((s) => s.capacity === 10))

  await seen.do({ command: 'lever', levers: { maxStreams: 2 } })
  await seen.until('one of two', () => seen.of('streams').some((s) => s.capacity === 2))
  await seen.until('no more than two on any', () => {
    const conns = [...seen.stage.lanes.values()].flatMap((lane) => [...lane.conns.values()])
    return conns.length > 1 && conns.every(({ streams = 0 }) => streams <= 2)
  })

  expect(seen.run!.id).toBe(id)
  expect(seen.figuresOf('ours')?.errors).toBe(0)
})

test.each([
  ['a lever that the scenario has not', { hosts: 2 }, 'hosts'],
  ['a lever that there is not', { color: 'red' }, 'color'],
  ['too much', { dialDelayMs: 99_999 }, 'dialDelayMs'],
  ['a text for a number', { workMs: '5' }, 'workMs'],
  ['no choice of its', { protocol: 'h3' }, 'protocol'],
])('%s is refused and changes nothing', async (_, levers, field) => {
  const seen = await pick('burst')
  const { id } = seen.run!

  expect(await seen.tell({ command: 'lever', levers })).toMatchObject({ status: 400, field })
  expect(await seen.tell({ command: 'pick', scenario: 'burst', levers })).toMatchObject({
    status: 400,
    field,
  })

  expect(seen.run!.id).toBe(id)
})
