import { describe, expect, test } from 'vitest'
import { Pool } from '../src/index.ts'
import { FakeAdapter, PoolTester } from '../src/testing/index.ts'

describe('options', () => {
  test('45, 91: odd values of options are refused at construction', () => {
    const adapter = new FakeAdapter()

    // when limits and durations make no sense
    const make = (options: object) => () => new Pool(adapter, options)

    // then that throws
    for (const odd of [-1, 0.5, Number.NaN]) {
      expect(make({ maxIdle: odd })).toThrow(RangeError)
      expect(make({ maxPerKey: odd })).toThrow(RangeError)
    }
    expect(make({ maxPerKey: 0 })).toThrow(RangeError)
    expect(make({ maxIdle: '2' })).toThrow(TypeError)
    expect(make({ maxSockets: 2 })).toThrow(TypeError)
  })

  test('91: an option changed after construction changes nothing', async () => {
    const t = new PoolTester()
    const given = { clock: t.clock, maxPerKey: 1 }
    const pool = new Pool(t.adapter, given)

    // when the object it was built from is changed
    given.maxPerKey = 5
    for (let i = 0; i < 5; i++) pool.want('a', () => undefined)

    // then the limit is what it was
    expect(pool.stats('a')).toMatchObject({ dialing: 1, waiting: 5 })
  })
})
