import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'
import { lease } from './play.ts'

const nothing = {
  open: 0,
  idle: 0,
  leased: 0,
  leases: 0,
  dialing: 0,
  waiting: 0,
  keys: 0,
}

describe('the stats of a pool', () => {
  test('they start at nothing', () => {
    const t = new PoolTester()

    // when nothing has happened
    const { totals, ...now } = t.pool.stats()

    // then all counts are zero, for each reason to close, too
    expect(now).toEqual(nothing)
    expect(Object.values(totals.closed)).toEqual(Array(14).fill(0))
    expect(Object.values({ ...totals, closed: 0 })).toEqual(Array(13).fill(0))
  })

  test('they tell the present of all keys', async () => {
    const t = new PoolTester({ maxPerKey: 2 })
    await t.putIdle('a', 2)
    const shared = await lease(t, 'b')
    shared.lease.conn.setCapacity(2)
    await t.get('b').wantGot()
    t.get('b')
    t.get('c')

    // when they are taken
    const { totals: _, ...now } = t.pool.stats()

    // then each thing is counted as what it is
    expect(now).toEqual({
      open: 3,
      idle: 2,
      leased: 1,
      leases: 2,
      dialing: 2,
      waiting: 2,
      keys: 3,
    })
  })

  test('of one key, they tell the present of that key alone', async () => {
    const t = new PoolTester()
    await t.putIdle('a', 2)
    await lease(t, 'b')
    t.get('b')

    // when those of a key are taken
    const stats = t.pool.stats('b')

    // then the other key is not in them, nor anything of the past
    expect(stats).toMatchObject({ open: 1, idle: 0, leased: 1, leases: 1, dialing: 1, waiting: 1 })
    expect(stats).not.toHaveProperty('totals')
  })

  test('of a key without state, they are zero', async () => {
    const t = new PoolTester()
    await t.putIdle('a')

    // when a key is asked for that was never used
    const stats = t.pool.stats('b')

    // then there is nothing, and asking has left no state
    expect(stats).toEqual(nothing)
    expect([...t.pool.keys()]).toEqual(['a'])
  })

  test('they are frozen, and do not change with the pool', async () => {
    const t = new PoolTester()
    const before = t.pool.stats()
    const ofKey = t.pool.stats('a')

    // when the pool goes on
    await t.putIdle('a')

    // then what was taken before stays
    expect(before).toMatchObject({ open: 0, totals: { wants: 0, closed: { discarded: 0 } } })
    for (const part of [before, before.totals, before.totals.closed, ofKey]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  test('the totals tell how wants ended', async () => {
    const t = new PoolTester({ maxWaiting: 2 })
    await t.putIdle('a')
    t.pool.tryAcquire('a')
    t.pool.tryAcquire('b')
    t.get('a').cancel()
    t.get('a', { timeoutMs: 5 })
    t.get('a')
    t.get('a')
    t.advance(5)
    await t.wantDial('a')
    await t.wantDial('a')

    // when the dial of the last one left fails
    ;(await t.wantDial('a')).fail()
    await t.turn()

    // then each is counted once
    const { totals } = t.pool.stats()
    expect(totals).toMatchObject({ wants: 6, got: 2, reused: 1 })
    expect(totals).toMatchObject({ failed: 1, canceled: 1, timedOut: 1, refused: 1 })
  })

  test('the totals tell how dials and connections ended', async () => {
    const t = new PoolTester()
    const [idle] = await t.putIdle('a')
    const detached = t.get('a')
    await detached.wantGot()
    detached.detach()
    ;(await lease(t, 'a')).discard()
    ;(await lease(t, 'a')).lease.conn.die()
    t.get('a').cancel()
    ;(await t.wantDial('a')).fail()
    await t.turn()

    // when all that was opened has gone
    const { totals } = t.pool.stats()

    // then each is counted once
    expect(idle?.closedFor).toBeUndefined()
    expect(totals).toMatchObject({ dials: 4, dialsFailed: 1, dialsSurplus: 1, opened: 3 })
    expect(totals).toMatchObject({ detached: 1, closed: { discarded: 1, 'closed-by-peer': 1 } })
  })
})

describe('the keys of a pool', () => {
  test('they are those with a connection, a dial or a want', async () => {
    const t = new PoolTester({ maxTotal: 2 })
    await t.putIdle('idle')
    t.get('leased')
    ;(await t.wantDial('leased')).finish()
    await t.turn()
    t.pool.tryAcquire('idle')
    t.get('wanted')

    // when they are asked for
    const keys = [...t.pool.keys()]

    // then all of them are there
    expect(keys.sort()).toEqual(['idle', 'leased', 'wanted'])
    expect(t.pool.stats().keys).toBe(3)
  })

  test('163: after normal traffic only keys with idle connections are left, and then none', async () => {
    const t = new PoolTester({ idleTimeoutMs: 1_000 })
    for (let i = 0; i < 10; i++) await t.putIdle(`key${i}`)
    expect(t.pool.stats()).toMatchObject({ keys: 10, waiting: 0 })

    // when the idle time is over
    t.advance(1_000)

    // then nothing is left of any of them
    expect([...t.pool.keys()]).toEqual([])
    expect(t.pool.stats()).toMatchObject(nothing)
  })

  test('a try of a key without state leaves none', () => {
    const t = new PoolTester()

    // when nothing is ready
    const tried = t.pool.tryAcquire('a')

    // then the key is not remembered
    expect(tried).toBeUndefined()
    expect([...t.pool.keys()]).toEqual([])
  })
})
