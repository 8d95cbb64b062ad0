import { afterEach, describe, expect, test, vi } from 'vitest'
import { type ExploreOptions, explore, SimulationError } from '../../src/testing/index.ts'
import { brokenCores } from '../simulate/broken-cores.ts'
import { runPlay } from '../simulate/run-play.ts'

// A machine that is busy is given its time.
vi.setConfig({ testTimeout: 120_000 })

/** All but what is the same for shareable connections as for others. */
const moves = ['cancel', 'fail', 'release', 'discard', 'die', 'drain', 'capacity'] as const

let mend = (): void => {}
afterEach(() => mend())

// `npm run bench -- simulate` goes further: a million transitions and more.
describe('in a small pool, whatever happens in whatever order, nothing goes wrong', () => {
  test.each<[string, ExploreOptions, number]>([
    ['exclusive', { wants: 2, dials: 2 }, 3_000],
    ['exclusive, one place', { wants: 3, dials: 3, pool: { maxPerKey: 1 } }, 2_000],
    [
      'exclusive, one place for two keys',
      { wants: 2, dials: 2, keys: 2, pool: { maxTotal: 1 } },
      1_000,
    ],
    ['exclusive, no reuse', { wants: 2, dials: 2, pool: { reuse: false } }, 1_000],
    ['shareable', { wants: 2, dials: 2, capacity: 2, moves }, 3_000],
    [
      'shareable, one place',
      { wants: 3, dials: 3, capacity: 2, moves, pool: { maxPerKey: 1 } },
      1_000,
    ],
  ])('%s', async (_, options, least) => {
    const { states, transitions, isComplete } = await explore(options)

    expect(isComplete).toBe(true)
    expect(transitions).toBeGreaterThan(least)
    expect(states).toBeGreaterThan(100)
  })
})

describe.each(brokenCores)('%s', (_, core) => {
  test.each([1, 2])('is found with connections that carry %i', async (capacity) => {
    mend = core()

    const found = explore({ wants: 3, dials: 3, capacity, pool: { maxPerKey: 2 } })

    const error = await found.catch((it: unknown) => it)
    expect(error).toBeInstanceOf(SimulationError)
    const { steps, play, fault, seed } = error as SimulationError
    expect(seed).toBeUndefined()
    expect(steps).toBeLessThanOrEqual(6)
    await expect(runPlay(play)).resolves.toMatchObject({ message: fault })
  })
})

test('the same options see the same', async () => {
  const options = { wants: 2, dials: 2, capacity: 2, maxTransitions: 1_500 }

  expect(await explore(options)).toEqual(await explore(options))
})

test('what is left out is not done', async () => {
  const all = await explore({ wants: 2, dials: 2 })
  const few = await explore({ wants: 2, dials: 2, moves: ['cancel', 'release'] })

  expect(few.isComplete).toBe(true)
  expect(few.transitions).toBeLessThan(all.transitions / 4)
})

test('it ends after as many transitions as it is told', async () => {
  const { transitions, isComplete } = await explore({ wants: 3, dials: 3, maxTransitions: 100 })

  expect(transitions).toBe(100)
  expect(isComplete).toBe(false)
})

test('dials that may not end hang', async () => {
  const { transitions, isComplete } = await explore({ wants: 1, dials: 0, moves: [] })

  // the want is stated, and no more can happen
  expect(transitions).toBe(1)
  expect(isComplete).toBe(true)
})

test.each<[string, unknown, typeof TypeError | typeof RangeError, string]>([
  ['no options', undefined, TypeError, 'ExploreOptions'],
  ['no wants', { dials: 1 }, TypeError, 'wants'],
  ['no dials', { wants: 1 }, TypeError, 'dials'],
  ['too many wants', { wants: 6, dials: 1 }, RangeError, 'wants'],
  ['an unknown option', { wants: 1, dials: 1, leases: 1 }, TypeError, 'leases'],
  ['a capacity of 0', { wants: 1, dials: 1, capacity: 0 }, RangeError, 'capacity'],
  ['an unknown move', { wants: 1, dials: 1, moves: ['jump'] }, RangeError, 'jump'],
  ['moves that are none', { wants: 1, dials: 1, moves: 'all' }, TypeError, 'moves'],
  ['a wrong pool option', { wants: 1, dials: 1, pool: { maxTotal: 0 } }, RangeError, 'maxTotal'],
  [
    'an end that is none',
    { wants: 1, dials: 1, maxTransitions: 0.5 },
    RangeError,
    'maxTransitions',
  ],
])('%s makes no sense', async (_, options, type, named) => {
  const exploration = explore(options as ExploreOptions)

  await expect(exploration).rejects.toBeInstanceOf(type)
  await expect(exploration).rejects.toThrow(named)
})
