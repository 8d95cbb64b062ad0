import { afterEach, describe, expect, test, vi } from 'vitest'
import { Conns } from '../../src/conns.ts'
import { Deadlines } from '../../src/deadlines.ts'
import { Engine } from '../../src/engine.ts'
import { KeyState } from '../../src/key-state.ts'
import { Pool } from '../../src/pool.ts'
import { PooledConn } from '../../src/pooled-conn.ts'
import { type SimulateOptions, SimulationError, simulate } from '../../src/testing/index.ts'
import { Wants } from '../../src/wants.ts'
import { type Break, brokenCores, replace, replaceGetter } from './broken-cores.ts'
import { runPlay } from './run-play.ts'

// What can be seen from outside is enough to find each of these.
vi.mock('../../src/testing/invariants.ts', () => ({ checkInvariants: () => {} }))

// A machine that is busy is given its time.
vi.setConfig({ testTimeout: 60_000 })

let mend = (): void => {}
afterEach(() => mend())

const [[, losesWakeUp], [, handsOutTwice], [, forgetsToDial]] = brokenCores as [
  [string, Break],
  [string, Break],
  [string, Break],
]

const nothing = (): void => {}

const answersTwice: Break = () =>
  replace(Pool.prototype, 'want', (want) => {
    return function (this: Pool<unknown, object>, target, settle, options) {
      const twice: typeof settle = (error, lease) => {
        settle(error, lease)
        settle(error, lease)
      }
      return want.call(this, target, twice, options)
    }
  })

const closesWhatWasLost: Break = () =>
  replace(Conns.prototype, 'lost', () => {
    return function (this: Conns<unknown, object>, record) {
      this.retire(record, 'broken')
      record.state?.engine.finish()
    }
  })

type Case = readonly [rule: string, what: string, core: Break, more?: Partial<SimulateOptions>]

// What a callback throws is an uncaught error, and so it is in the plays of these.
const throwsInCallbacks = ['O1', 'O6']

const cases: readonly Case[] = [
  ['O1', 'a caller is answered twice', answersTwice],
  ['O2', 'a connection is handed out twice', handsOutTwice],
  ['O3', 'a draining one is lent', () => replace(PooledConn.prototype, 'drain', () => nothing)],
  ['O4', 'what is gone is closed', closesWhatWasLost],
  [
    'O5',
    'places are not counted',
    () => replaceGetter(KeyState.prototype, 'places', () => 0),
    { pool: { maxPerKey: 1 } },
  ],
  [
    'O6',
    'the adapter is not told of a use',
    () => replace(Engine.prototype, 'callOnLease', () => nothing),
  ],
  ['O7', 'a wake-up is lost', losesWakeUp],
  ['O8', 'a dial is not begun', forgetsToDial],
  [
    'O9',
    'a count is wrong',
    () =>
      replace(Engine.prototype, 'stats', (stats) => {
        return function (this: Engine<unknown, object>) {
          const told = stats.call(this)
          return { ...told, waiting: told.waiting + told.leases }
        }
      }),
  ],
  ['O10', 'a timer outlives the pool', () => replace(Deadlines.prototype, 'stop', () => nothing)],
  [
    'O11',
    'a want does not time out',
    () => replace(Wants.prototype, 'timeOut', () => nothing),
    { pool: { acquireTimeoutMs: 40 } },
  ],
  [
    'O12',
    'close() does not end',
    () => replace(Engine.prototype, 'settleIfAllClosed', () => nothing),
  ],
]

describe.each(cases)('%s: when %s', (...args) => {
  const [rule, , core, more] = args as unknown as Case

  test('it is seen from outside', async () => {
    mend = core()

    const error = await simulate({ seed: 5, steps: 50_000, ...more }).catch((it: unknown) => it)

    expect(error).toBeInstanceOf(SimulationError)
    const { fault, play } = error as SimulationError
    expect(fault).toMatch(new RegExp(`^${rule} `))
    if (throwsInCallbacks.includes(rule)) return
    await expect(runPlay(play)).resolves.toMatchObject({ message: fault })
  })
})

test('books that do not balance are a fault', async () => {
  mend = replace(Wants.prototype, 'cancel', (cancel) => {
    return function (this: Wants<unknown, object>, want, reason) {
      cancel.call(this, want, reason)
      this.waiting++
    }
  })

  const simulation = simulate({ seed: 5, steps: 50_000 })

  await expect(simulation).rejects.toMatchObject({ fault: expect.stringMatching(/^O9|books/) })
})

test('what the pool throws when a dial ends is a fault, and nothing unhandled', async () => {
  mend = replace(Conns.prototype, 'add', () => () => {
    throw new RangeError('no more')
  })

  const simulation = simulate({ seed: 5, steps: 1_000 })

  await expect(simulation).rejects.toMatchObject({ fault: 'no more', steps: 2 })
})
