import { describe, expect, test, vi } from 'vitest'
import { type SimulateOptions, simulate, type Workload } from '../../src/testing/index.ts'

/**
 * Random lives of pools; each run draws its own seed and prints it. To see a failure again:
 *
 *     WANTCONN_SEED=… npx vitest run --project pool-core simulate/simulate
 *
 * `WANTCONN_STEPS` is how many steps are played: more of them for a longer look.
 */
const SEED = Number(process.env['WANTCONN_SEED'] ?? Date.now() % 2 ** 31)
const STEPS = Number(process.env['WANTCONN_STEPS'] ?? 60_000)

// A machine that is busy is given its time.
vi.setConfig({ testTimeout: STEPS + 60_000 })

const FEW = 4_000

test('pools with any options survive whatever is done to them', async () => {
  console.info(`WANTCONN_SEED=${SEED} WANTCONN_STEPS=${STEPS}`)

  const summary = await simulate({ seed: SEED, steps: STEPS })

  expect(summary.steps).toBeGreaterThanOrEqual(STEPS)
  for (const [event, count] of Object.entries(summary.counts)) {
    expect(count, event).toBeGreaterThan(0)
  }
})

describe('the same seed', () => {
  const play = (options: Partial<SimulateOptions> = {}) =>
    simulate({ seed: 7, steps: FEW, log: true, ...options })

  test('gives the same log, byte for byte', async () => {
    const [first, second] = [await play(), await play()]

    expect(second.log?.join('\n')).toBe(first.log?.join('\n'))
    expect(second).toEqual(first)
  })

  test('gives the same log beside another simulation, and however often all is checked', async () => {
    const alone = await play()

    const [, beside] = await Promise.all([play({ seed: 8 }), play({ checkEvery: 100 })])

    expect(beside).toEqual(alone)
  })

  test('gives the same digest with a log and without', async () => {
    const { log, ...rest } = await play()

    expect(await play({ log: undefined })).toEqual({ ...rest, log: undefined })
    expect(log?.length).toBeGreaterThan(FEW)
  })
})

test('another seed gives another log', async () => {
  const [first, second] = await Promise.all([
    simulate({ seed: 7, steps: FEW }),
    simulate({ seed: 7 + 2 ** 40, steps: FEW }),
  ])

  expect(second.digest).not.toBe(first.digest)
})

test('the log tells a callback of each event that is counted', async () => {
  const lines: string[] = []

  const { counts, log } = await simulate({
    seed: 3,
    steps: FEW,
    log: (line) => {
      lines.push(line)
    },
  })

  expect(log).toBeUndefined()
  const seen: Record<string, number> = {}
  for (const line of lines) {
    const [event = ''] = line.split(' ', 1)
    seen[event] = (seen[event] ?? 0) + 1
  }
  expect(counts).toMatchObject(seen)
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(lines.length)
})

test('given pool options are those of every life', async () => {
  const { counts } = await simulate({ seed: 1, steps: FEW, pool: { maxIdle: 0 } })

  expect(counts.got).toBeGreaterThan(0)
  expect(counts.idle).toBe(0)
})

describe('a workload', () => {
  const play = (workload: Workload) => simulate({ seed: 2, steps: FEW, log: true, workload })

  test('does what has a weight, and nothing else', async () => {
    const none = { tryAcquire: 0, cancel: 0, abort: 0, discard: 0, detach: 0, die: 0, drain: 0 }
    const weights = { ...none, capacity: 0, break: 0, jump: 0, warm: 0, closeIdle: 0 }

    const { counts } = await play({ weights })

    expect(counts).toMatchObject(none)
    expect(counts.jump + counts.warm + counts.closeIdle + counts.break + counts.capacity).toBe(0)
    expect(Math.min(counts.want, counts.release, counts.advance)).toBeGreaterThan(0)
  })

  test('has dials that take as long as it says', async () => {
    const dialMs = (random: () => number): number => 1_000 + random()

    const { log } = await play({ keys: 1, callers: 1, dialMs, advanceMs: [100, 100] })

    expect(advancedBetween(log ?? [], 'dial 1', 'finish 1')).toBeGreaterThanOrEqual(1_000)
  })

  test('has dials that fail or hang as often as it says', async () => {
    const { counts } = await play({ dials: { succeed: 0, fail: 1, hang: 0 } })

    expect(counts.got).toBe(0)
    expect(counts.fail).toBeGreaterThan(0)
  })

  test('has connections that carry what it says', async () => {
    const { log } = await play({ capacity: [3], weights: { capacity: 0 } })

    const told = log?.filter((line) => line.startsWith('finish ')).map((line) => line.split(' ')[2])
    // At the end of a life what is late comes as it can.
    expect(new Set(told)).toEqual(new Set(['3', '1']))
  })
})

/** How far the clock has gone in a log between two lines. */
function advancedBetween(log: readonly string[], from: string, to: string): number {
  const start = log.indexOf(from)
  const end = log.findIndex((line, i) => i > start && line.startsWith(to))
  let ms = 0
  for (const line of log.slice(start, end)) {
    const [event, , by] = line.split(' ')
    if (event === 'advance') ms += Number(by)
  }
  return ms
}

describe('options that make no sense', () => {
  const with_ = (options: object): object => ({ seed: 1, steps: 10, ...options })

  test.each<[string, unknown, typeof TypeError | typeof RangeError, string]>([
    ['no options', undefined, TypeError, 'SimulateOptions'],
    ['no seed', { steps: 1 }, TypeError, 'seed'],
    ['no steps', { seed: 1 }, TypeError, 'steps'],
    ['a seed with a fraction', with_({ seed: 0.5 }), RangeError, 'seed'],
    ['a seed in words', with_({ seed: '1' }), TypeError, 'seed'],
    ['steps for nothing', with_({ steps: 0 }), RangeError, 'steps'],
    ['an unknown option', with_({ sedd: 1 }), TypeError, 'sedd'],
    ['an unknown pool option', with_({ pool: { maxPerHost: 1 } }), TypeError, 'maxPerHost'],
    ['a wrong pool option', with_({ pool: { maxPerKey: 0 } }), RangeError, 'maxPerKey'],
    ['a clock of one’s own', with_({ pool: { clock: {} } }), TypeError, 'clock'],
    ['an unknown part of a workload', with_({ workload: { key: 1 } }), TypeError, 'key'],
    ['no keys', with_({ workload: { keys: 0 } }), RangeError, 'keys'],
    ['no capacity', with_({ workload: { capacity: [] } }), TypeError, 'capacity'],
    ['a capacity of 0', with_({ workload: { capacity: [0] } }), RangeError, 'capacity'],
    ['a span backwards', with_({ workload: { dialMs: [5, 1] } }), RangeError, 'dialMs'],
    ['a weight below 0', with_({ workload: { weights: { want: -1 } } }), RangeError, 'want'],
    ['an unknown action', with_({ workload: { weights: { wish: 1 } } }), TypeError, 'wish'],
    ['a log to nowhere', with_({ log: 'file' }), TypeError, 'log'],
    ['no check ever', with_({ checkEvery: 0 }), RangeError, 'checkEvery'],
  ])('%s', async (_, options, type, named) => {
    const simulation = simulate(options as SimulateOptions)

    await expect(simulation).rejects.toBeInstanceOf(type)
    await expect(simulation).rejects.toThrow(named)
  })

  test('weights that leave nothing to do', async () => {
    const weights = { want: 0, tryAcquire: 0, advance: 0 }

    await expect(simulate({ seed: 1, steps: 1, workload: { weights } })).rejects.toBeInstanceOf(
      RangeError,
    )
  })

  test('a dial that takes no time that there is', async () => {
    const workload = { dialMs: () => Number.NaN }

    await expect(simulate({ seed: 1, steps: 1_000, workload })).rejects.toThrow(
      new RangeError('workload.dialMs must return a number from 0 on; got NaN'),
    )
  })
})
