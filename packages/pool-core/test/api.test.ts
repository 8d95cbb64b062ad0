import { describe, expect, test } from 'vitest'
import { isPoolError, PoolError } from '../src/index.ts'
import { FakeAdapter, type FakeConn, PoolTester } from '../src/testing/index.ts'
import { lease } from './play.ts'

describe('acquire', () => {
  test('it resolves with what is ready, or with what comes', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const [conn] = await t.putIdle('a')

    // when two are acquired, and the first is released
    const [ready, later] = [t.pool.acquire('a'), t.pool.acquire('a')]
    const got = await ready
    got.release()

    // then both have had it
    expect(got).toMatchObject({ conn, wasIdle: true })
    expect(await later).toMatchObject({ conn, wasIdle: false })
  })

  test('it rejects with a dial’s own error, untouched', async () => {
    const t = new PoolTester()
    const acquired = t.pool.acquire('a')
    const error = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })

    // when its dial fails
    ;(await t.wantDial('a')).fail(error)

    // then that is what it has
    await expect(acquired).rejects.toBe(error)
  })
})

describe('want', () => {
  test('its callback never runs before it has returned, even for what is ready', async () => {
    const t = new PoolTester()
    await t.putIdle('a')
    const order: string[] = []

    // when it is called with a connection idle
    t.pool.want('a', () => order.push('settled'))
    order.push('returned')
    await t.turn()

    // then it has returned first
    expect(order).toEqual(['returned', 'settled'])
  })

  test('its callback never runs before it has returned, even in a closed pool', async () => {
    const t = new PoolTester()
    t.pool.destroy()
    const order: string[] = []

    // when it is called after the end
    t.pool.want('a', () => order.push('settled'))
    order.push('returned')
    await t.turn()

    // then it has returned first
    expect(order).toEqual(['returned', 'settled'])
  })

  test('its callback never runs before it has returned, even if a hook releases meanwhile', async () => {
    const order: string[] = []
    const held: (() => void)[] = []
    const trace = { getConn: () => held.shift()?.() }
    const t = new PoolTester({ maxPerKey: 1, trace })
    const holder = await lease(t, 'a')
    held.push(() => holder.release())

    // when its own getConn hook gives a connection back
    t.pool.want('a', () => order.push('settled'))
    order.push('returned')
    await t.turn()

    // then it has returned first
    expect(order).toEqual(['returned', 'settled'])
  })

  test('it tells its key', () => {
    const t = new PoolTester()

    // when it is stated
    const want = t.get('a?1')

    // then its handle knows where it stands
    expect(want.want.key).toBe('a')
  })
})

describe('what an adapter throws', () => {
  test.each(['key', 'expectedCapacity'] as const)(
    '%s: want throws it, acquire rejects',
    async (method) => {
      const error = new Error('bad target')
      const adapter = new FakeAdapter()
      adapter[method] = () => {
        throw error
      }
      const t = new PoolTester({}, adapter)

      // when a connection is wanted, in both ways
      const want = () => t.pool.want('a', () => expect.unreachable())
      const acquired = t.pool.acquire('a')

      // then both have it, and no want was counted
      expect(want).toThrow(error)
      await expect(acquired).rejects.toBe(error)
      expect(t.pool.stats()).toMatchObject({ keys: 0, totals: { wants: 0 } })
    },
  )

  test('a try throws only what the key throws', () => {
    const error = new Error('bad target')
    class Odd extends FakeAdapter {
      override key(target: string): string {
        if (target === 'bad') throw error
        return target
      }
      override expectedCapacity(): number {
        throw new Error('unknown')
      }
    }
    const t = new PoolTester({}, new Odd())

    // when it is asked for a good and for a bad target
    const tried = [() => t.pool.tryAcquire('good'), () => t.pool.tryAcquire('bad')]

    // then the first finds nothing, and the second throws
    expect(tried[0]!()).toBeUndefined()
    expect(tried[1]).toThrow(error)
  })

  test('a dial that throws counts as one that is rejected', async () => {
    const error = new Error('no route')
    class Throwing extends FakeAdapter {
      override dial(): Promise<FakeConn> {
        throw error
      }
    }
    const t = new PoolTester({}, new Throwing())

    // when a connection is wanted
    const want = t.get('a')

    // then the want has failed with that
    await want.wantFailed({ error })
    expect(t.pool.stats().totals).toMatchObject({ dials: 1, dialsFailed: 1, failed: 1 })
  })

  test('its methods are called on it', async () => {
    const called = new Set<string>()
    class Watching extends FakeAdapter {
      readonly me = this
      note(name: string) {
        if (this.me === this) called.add(name)
      }
      override key(target: string) {
        this.note('key')
        return super.key(target)
      }
      override isBroken(conn: FakeConn) {
        this.note('isBroken')
        return super.isBroken(conn)
      }
      override expectedCapacity() {
        this.note('expectedCapacity')
        return 1
      }
    }
    const t = new PoolTester({}, new Watching())

    // when a connection goes through its life
    await t.putIdle('a')
    await t.get('a').wantGot()
    t.pool.destroy()

    // then `this` was the adapter, as FakeAdapter’s own methods need it to be
    expect([...called].sort()).toEqual(['expectedCapacity', 'isBroken', 'key'])
  })
})

describe('errors of the pool', () => {
  test('they are known by brand, with and without a code', () => {
    const error = new PoolError('ERR_POOL_CLOSED', 'closed', { key: 'a' })

    // when they are asked about
    const answers = [isPoolError(error), isPoolError(error, 'ERR_POOL_CLOSED')]

    // then they are known by their own code, and others are not
    expect(answers).toEqual([true, true])
    expect(isPoolError(error, 'ERR_POOL_CANCELED')).toBe(false)
    for (const other of [new Error('closed'), undefined, null, 'ERR_POOL_CLOSED', { code: 1 }]) {
      expect(isPoolError(other)).toBe(false)
    }
    const ofAnotherCopy = { [Symbol.for('@wantconn/pool-core.PoolError')]: true, code: error.code }
    expect(isPoolError(ofAnotherCopy, 'ERR_POOL_CLOSED')).toBe(true)
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe('PoolError')
    expect(error.key).toBe('a')
  })

  test('they have a cause and a key only where there is one', () => {
    const cause = new Error('no route')

    // when one is made with nothing but a message, and one with a cause
    const bare = new PoolError('ERR_POOL_CLOSED', 'closed')
    const caused = new PoolError('ERR_POOL_WANT_TIMEOUT', 'late', { cause })

    // then only the other has it
    expect('cause' in bare).toBe(false)
    expect(bare.key).toBeUndefined()
    expect(caused.cause).toBe(cause)
  })
})
