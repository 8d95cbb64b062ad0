import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'
import { lease } from './play.ts'

describe('closeIdle', () => {
  test('149, 150: it closes what is idle in all keys, and leaves the rest alone', async () => {
    const t = new PoolTester({ maxPerKey: 2 })
    const [one] = await t.putIdle('a')
    const [other] = await t.putIdle('b')
    const held = await lease(t, 'c')
    const wanted = t.get('c')
    const dial = await t.wantDial('c')

    // when idle ones are closed
    const closed = t.pool.closeIdle()

    // then the leased one and the dial that somebody waits for go on
    expect(closed).toBe(2)
    await t.wantClosed(one!, 'close-idle')
    await t.wantClosed(other!, 'close-idle')
    await t.wantOpen(held.lease.conn)
    await wanted.wantGot(dial.finish())
  })

  test('keys with several idle connections each are all gone afterwards', async () => {
    const t = new PoolTester()
    for (const key of ['a', 'b', 'c']) await t.putIdle(key, 2)

    // when idle ones are closed
    const closed = t.pool.closeIdle()

    // then no key has any state, and nothing is waited for
    expect(closed).toBe(6)
    t.check()
    expect([...t.pool.keys()]).toEqual([])
    expect(t.clock.pending).toBe(0)
  })

  test('149: of one key, it leaves the others alone', async () => {
    const t = new PoolTester()
    const [one] = await t.putIdle('a')
    const [other] = await t.putIdle('b')

    // when idle ones of one key are closed
    const closed = t.pool.closeIdle('a')

    // then the other key’s stay
    expect(closed).toBe(1)
    await t.wantClosed(one!, 'close-idle')
    await t.wantIdle('b', other!)
  })

  test('150, 152: what is released later goes idle as ever', async () => {
    const t = new PoolTester()
    const held = await lease(t, 'a')
    t.pool.closeIdle()

    // when a connection comes back with no want stated since
    held.release()

    // then it is idle
    await t.wantIdle('a', held.lease.conn)
  })

  test('151: a want in line gets what is released after it', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const held = await lease(t, 'a')
    const want = t.get('a')
    expect(t.pool.closeIdle()).toBe(0)

    // when the connection comes back
    held.release()

    // then the want has it
    await want.wantGot(held.lease.conn)
  })

  test('153: with reuse off there is nothing to close, and it changes nothing', async () => {
    const t = new PoolTester({ reuse: false })
    const held = await lease(t, 'a')

    // when idle ones are closed
    const closed = t.pool.closeIdle()

    // then none was
    expect(closed).toBe(0)
    await t.wantOpen(held.lease.conn)
  })

  test('20, 154: it aborts a dial that nobody waits for, at once and with its place', async () => {
    const t = new PoolTester()
    t.get('a').cancel()
    const dial = await t.wantDial('a')

    // when idle ones are closed
    const closed = t.pool.closeIdle()

    // then the dial is over, counts as failed, and is no closed connection
    expect(closed).toBe(0)
    expect(dial.aborted).toBe(true)
    expect(dial.link.signal.reason).toMatchObject({ code: 'ERR_POOL_CANCELED', key: 'a' })
    expect([...t.pool.keys()]).toEqual([])
    expect(t.pool.stats().totals).toMatchObject({ dials: 1, dialsFailed: 1, dialsSurplus: 1 })
  })

  test('154: it leaves a dial alone that a want in line may get, though not its own', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    t.get('a').cancel()
    const dial = await t.wantDial('a')
    const want = t.get('a')

    // when idle ones are closed
    t.pool.closeIdle()

    // then the dial serves that want
    expect(dial.aborted).toBe(false)
    await want.wantGot(dial.finish())
  })
})
