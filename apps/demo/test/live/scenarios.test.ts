import { expect, test } from 'vitest'
import { scenarios } from '../../src/scenarios.ts'
import { demo } from '../support/demo.ts'

const running = demo()

const ofOurs = scenarios.filter(({ id }) => id !== 'your-server')

test.each(ofOurs.map((scenario) => [scenario.id, scenario] as const))(
  '%s runs: everybody gets the same requests, and what is told adds up to what the pool says',
  async (_, { id, contenders }) => {
    const { spectator: seen } = running

    await seen.begin({ command: 'pick', scenario: id })
    await seen.until('30 answers for each', () =>
      contenders.every((one) => (seen.figuresOf(one)?.done ?? 0) >= 30),
    )
    await seen.until('stats', () => (seen.stats?.totals.got ?? 0) >= 30)

    expect(seen.run?.contenders.map((one) => one.id).sort()).toEqual([...contenders].sort())
    expect(new Set(seen.figures.map(({ requests }) => requests)).size).toBe(1)
    expect(seen.figuresOf('ours')?.dials).toBeGreaterThan(0)
    expect(seen.contradictions).toEqual([])
    const refused = seen.stats?.totals.refused ?? 0
    expect(seen.figures.filter(({ errors }) => errors > refused)).toEqual([])
  },
)

test('the ledger has each dial once', async () => {
  const { spectator: seen } = running

  await seen.begin({ command: 'pick', scenario: 'burst' })
  await seen.until('a round', () => (seen.stats?.totals.got ?? 0) >= 100)

  const { flying, own, other, idle, unused, failed } = seen.stage.ledger
  expect(flying + own + other + idle + unused + failed).toBe(seen.of('dial').length)
  expect(own).toBeGreaterThan(0)
  expect(other + idle).toBeGreaterThan(0)
})

test('over TLS, a dial looks up, connects and shakes hands', async () => {
  const { spectator: seen } = running

  await seen.begin({ command: 'pick', scenario: 'handshakes' })
  await seen.until('dials', () => seen.of('dialed').length >= 5)

  const [first] = seen.of('dialed')
  const phases = seen.of('phase').filter(({ dial }) => dial === first?.dial)
  expect(phases.map(({ phase }) => phase)).toEqual(['connect', 'handshake'])
  expect(first?.durationMs).toBeGreaterThanOrEqual(100)
})

test('a session shows its streams, and never more than its capacity', async () => {
  const { spectator: seen } = running

  await seen.begin({ command: 'pick', scenario: 'streams' })
  await seen.until('streams', () => seen.of('streams').some(({ streams }) => streams > 1))
  await seen.until('a round', () => (seen.stats?.totals.got ?? 0) >= 100)

  for (const { streams, capacity } of seen.of('streams')) {
    expect(streams).toBeLessThanOrEqual(capacity)
    expect(capacity).toBe(10)
  }
})
