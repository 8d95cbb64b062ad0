import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'
import { countingSignal, lease } from './play.ts'

const outcomeOf = (promise: Promise<unknown>) => {
  const outcome: { done: boolean; error?: unknown } = { done: false }
  promise.then(
    () => {
      outcome.done = true
    },
    (error) => {
      outcome.error = error
    },
  )
  return outcome
}

describe('warm', () => {
  test('it dials until as many are open, and then resolves', async () => {
    const t = new PoolTester()
    const warming = outcomeOf(t.pool.warm('a', 2))
    const dials = [await t.wantDial('a'), await t.wantDial('a')]
    await t.wantNoDial()
    dials[0]!.finish()
    await t.turn()
    expect(warming.done).toBe(false)

    // when the last of them succeeds
    const conn = dials[1]!.finish()

    // then the connections are idle
    await t.wantIdle('a', conn)
    expect(warming.done).toBe(true)
    const totals = { wants: 0, dials: 2, dialsSurplus: 0 }
    expect(t.pool.stats()).toMatchObject({ idle: 2, totals })
  })

  test('it counts what is open and what is being dialed', async () => {
    const t = new PoolTester()
    await lease(t, 'a')
    const want = t.get('a')
    const dial = await t.wantDial('a')

    // when three are asked for
    const warming = outcomeOf(t.pool.warm('a', 3))

    // then one more is dialed
    ;(await t.wantDial('a')).finish()
    await t.wantNoDial()
    dial.finish()
    await want.wantGot()
    await t.turn()
    expect(warming.done).toBe(true)
  })

  test('with enough of them open it resolves, and dials nothing', async () => {
    const t = new PoolTester()
    await t.putIdle('a', 2)

    // when two are asked for
    await t.pool.warm('a', 2)

    // then there is nothing to do
    await t.wantNoDial()
  })

  test('a want takes what it has dialed', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    void t.pool.warm('a', 1)
    const dial = await t.wantDial('a')

    // when somebody waits by the time it succeeds
    const want = t.get('a')
    const conn = dial.finish()

    // then that one has it, never used before
    expect(await want.wantGot(conn)).toMatchObject({ reused: false, wasIdle: false })
  })

  test('a dial that fails rejects it with that error, untouched', async () => {
    const t = new PoolTester()
    const warming = t.pool.warm('a', 2)
    const [failing, other] = [await t.wantDial('a'), await t.wantDial('a')]

    // when one of its dials fails
    failing.fail('no route')

    // then it has failed, no other dial begins, and the one under way is kept
    await expect(warming).rejects.toBe('no route')
    await t.wantNoDial()
    await t.wantIdle('a', other.finish())
  })

  test('more than a key may have is out of range', async () => {
    const t = new PoolTester({ maxPerKey: 2 })

    // when three are asked for
    const warming = t.pool.warm('a', 3)

    // then that is refused, and nothing is dialed
    await expect(warming).rejects.toThrow(RangeError)
    await t.wantNoDial()
    expect([...t.pool.keys()]).toEqual([])
  })

  test('its signal ends it with the signal’s own reason, and its dials go on', async () => {
    const t = new PoolTester()
    const caller = new AbortController()
    const warming = t.pool.warm('a', 1, { signal: caller.signal })
    const dial = await t.wantDial('a')

    // when it is aborted
    caller.abort('enough')

    // then it has failed with that
    await expect(warming).rejects.toBe('enough')
    await t.wantIdle('a', dial.finish())
  })

  test('a signal that is aborted already dials nothing', async () => {
    const t = new PoolTester()

    // when it is given one
    const warming = t.pool.warm('a', 1, { signal: AbortSignal.abort('enough') })

    // then it has failed
    await expect(warming).rejects.toBe('enough')
    await t.wantNoDial()
    expect([...t.pool.keys()]).toEqual([])
  })

  test('the end of the pool ends it', async () => {
    const t = new PoolTester()
    const warming = t.pool.warm('a', 1)
    const dial = await t.wantDial('a')

    // when the pool is closed
    const closing = t.pool.close()

    // then it has failed, and so has whoever asks again
    await expect(warming).rejects.toMatchObject({ code: 'ERR_POOL_CLOSED' })
    await expect(t.pool.warm('a', 1)).rejects.toMatchObject({ code: 'ERR_POOL_CLOSED' })
    expect(dial.aborted).toBe(true)
    await closing
  })

  test('at the limit over all keys it makes room among idle ones of other keys', async () => {
    const t = new PoolTester({ maxTotal: 2 })
    const [conn] = await t.putIdle('b', 2)

    // when one is asked for
    const warming = outcomeOf(t.pool.warm('a', 1))
    ;(await t.wantDial('a')).finish()
    await t.turn()

    // then the coldest of them went for it
    await t.wantClosed(conn!, 'evicted')
    expect(warming.done).toBe(true)
  })

  test('at the limit over all keys it waits for a place', async () => {
    const t = new PoolTester({ maxTotal: 1 })
    const held = await lease(t, 'b')
    const warming = outcomeOf(t.pool.warm('a', 1))
    await t.wantNoDial()

    // when the place becomes free
    held.discard()
    ;(await t.wantDial('a')).finish()
    await t.turn()

    // then it is done
    expect(warming.done).toBe(true)
  })

  test('asked for more than may stay idle, it ends, and does not dial for ever', async () => {
    const t = new PoolTester({ maxIdlePerKey: 1 })
    const warming = outcomeOf(t.pool.warm('a', 3))

    // when each of its dials succeeds, as long as it dials
    for (let i = 0; i < 20; i++) {
      for (const dial of t.adapter.dials) if (!dial.settled) dial.finish()
      await t.turn()
    }

    // then it has given up
    expect(warming.error).toMatchObject({ code: 'ERR_POOL_DIAL_CLOSED', key: 'a' })
    expect(t.pool.stats()).toMatchObject({ dialing: 0, idle: 1 })
  })

  test('closeIdle leaves a dial alone that it waits for', async () => {
    const t = new PoolTester()
    const warming = outcomeOf(t.pool.warm('a', 1))
    const dial = await t.wantDial('a')

    // when idle ones are closed
    t.pool.closeIdle()

    // then its dial goes on
    expect(dial.aborted).toBe(false)
    await t.wantIdle('a', dial.finish())
    expect(warming.done).toBe(true)
  })

  test('once it is done, closeIdle ends a dial that nobody waits for', async () => {
    const t = new PoolTester()
    const warming = t.pool.warm('a', 1)
    await t.wantIdle('a', (await t.wantDial('a')).finish())
    await warming
    await t.get('a').wantGot()
    t.get('a').cancel()
    const dial = await t.wantDial('a')

    // when idle ones are closed
    t.pool.closeIdle()

    // then so is that dial
    expect(dial.aborted).toBe(true)
  })

  test('places that become free at the same time go to all keys that wait for one', async () => {
    const t = new PoolTester({ maxTotal: 2 })
    for (const want of [t.get('c'), t.get('c')]) want.cancel()
    const warming = ['a', 'b'].map((key) => outcomeOf(t.pool.warm(key, 1)))

    // when two dials are ended at once
    t.pool.closeIdle('c')
    for (const key of ['a', 'b']) (await t.wantDial(key)).finish()
    await t.turn()

    // then both keys have their connection
    expect(warming.map(({ done }) => done)).toEqual([true, true])
  })

  test.each(['finish', 'fail'] as const)(
    'it keeps no listener on its signal once its dials %s',
    async (end) => {
      const t = new PoolTester()
      const { signal, listeners } = countingSignal()
      outcomeOf(t.pool.warm('a', 1, { signal }))
      expect(listeners()).toBe(1)

      // when it is over
      ;(await t.wantDial('a'))[end]()
      await t.turn()

      // then the signal is free
      expect(listeners()).toBe(0)
    },
  )
})
