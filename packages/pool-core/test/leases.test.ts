import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'
import { lease } from './play.ts'

const finished = expect.objectContaining({ code: 'ERR_POOL_LEASE_FINISHED' })

describe('a lease', () => {
  test('it tells its connection, its key, and that the connection is new', async () => {
    const t = new PoolTester()
    const want = t.get('a?1')
    const conn = (await t.wantDial('a')).finish()

    // when it has come
    const got = await want.wantGot(conn)

    // then it says where from
    expect(got).toMatchObject({ conn, key: 'a', reused: false, wasIdle: false, idleMs: 0 })
  })

  test('`reused` means another lease before or beside it', async () => {
    const t = new PoolTester()
    const first = await lease(t, 'a')
    first.lease.conn.setCapacity(2)

    // when a second one shares the connection
    const second = await t.get('a').wantGot()

    // then the first is not reused, and the second is
    expect([first.lease.reused, second.reused]).toEqual([false, true])
  })

  test.each(['release', 'discard', 'detach'] as const)('once ended, %s throws', async (end) => {
    const t = new PoolTester()

    // when it has ended in any way
    for (const how of ['release', 'discard', 'detach'] as const) {
      const want = await lease(t, 'a')
      want[how]()

      // then it cannot be ended again
      expect(() => want.lease[end]()).toThrow(finished)
      t.pool.closeIdle()
    }
    t.check()
  })

  test('leaving its scope releases it, and does nothing if it has ended', async () => {
    const t = new PoolTester()
    const want = await lease(t, 'a')

    // when its scope is left, twice
    want.lease[Symbol.dispose]()
    want.lease[Symbol.dispose]()

    // then it was released once
    await t.wantIdle('a', want.lease.conn)
    expect(() => want.lease.release()).toThrow(finished)
  })

  test('it still knows its connection after it has ended', async () => {
    const t = new PoolTester()
    const want = await lease(t, 'a')
    const { conn } = want.lease

    // when it has ended
    want.discard()

    // then it can be told which it was
    expect(want.lease).toMatchObject({ conn, key: 'a' })
  })

  test('one whose connection is gone counts no more, and keeps no key alive', async () => {
    const t = new PoolTester()
    const want = await lease(t, 'a')

    // when its connection dies
    want.lease.conn.die()

    // then nothing is counted, and ending it does nothing
    expect(t.pool.stats()).toMatchObject({ open: 0, leased: 0, leases: 0, keys: 0 })
    want.discard()
    expect(want.lease.conn.closedFor).toBeUndefined()
    expect(() => want.lease.release()).toThrow(finished)
  })

  test('the place of a leased connection that dies is free at once', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const want = t.get('a')

    // when it dies while it is held
    holder.lease.conn.die()

    // then the next in line dials
    await want.wantGot((await t.wantDial('a')).finish())
  })
})

describe('detach', () => {
  test('it takes the connection out for good, open', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const want = t.get('a')

    // when the connection is detached, and then dies and its pool ends
    const conn = holder.detach()
    conn.die()

    // then its place is free, and the pool has not closed it
    expect(conn).toBe(holder.lease.conn)
    await want.wantGot((await t.wantDial('a')).finish())
    t.pool.destroy()
    expect(conn.closedFor).toBeUndefined()
    expect(t.pool.stats().totals).toMatchObject({ opened: 2, detached: 1 })
  })

  test('while others hold leases it throws, and ends nothing', async () => {
    const t = new PoolTester()
    const first = await lease(t, 'a')
    first.lease.conn.setCapacity(2)
    const second = t.get('a')
    await second.wantGot()

    // when one of them wants it for itself
    const detach = () => first.detach()

    // then it is told no, and may do so when the other has gone
    expect(detach).toThrow(TypeError)
    second.release()
    expect(first.detach()).toBe(first.lease.conn)
  })

  test('a dead connection can be detached, which does nothing more', async () => {
    const t = new PoolTester()
    const want = await lease(t, 'a')
    want.lease.conn.die()

    // when it is detached
    const conn = want.detach()

    // then it counts as lost, and not as detached
    expect(conn).toBe(want.lease.conn)
    expect(t.pool.stats().totals).toMatchObject({ detached: 0 })
  })
})

describe('a hint at release', () => {
  test('it shortens the idle life', async () => {
    const t = new PoolTester({ idleTimeoutMs: 10_000 })
    const want = await lease(t, 'a')
    want.release({ idleTimeoutMs: 2_000 })
    t.advance(1_999)
    await t.wantIdle('a', want.lease.conn)

    // when that time is over
    t.advance(1)

    // then the connection is closed
    await t.wantClosed(want.lease.conn, 'idle-timeout')
  })

  test('it never lengthens it', async () => {
    const t = new PoolTester({ idleTimeoutMs: 1_000 })
    const want = await lease(t, 'a')
    want.release({ idleTimeoutMs: 5_000 })

    // when the pool’s own time is over
    t.advance(1_000)

    // then the connection is closed
    await t.wantClosed(want.lease.conn, 'idle-timeout')
  })

  test('it holds where the pool sets no limit', async () => {
    const t = new PoolTester({ idleTimeoutMs: Number.POSITIVE_INFINITY })
    const want = await lease(t, 'a')
    want.release({ idleTimeoutMs: 5_000 })

    // when it is over
    t.advance(5_000)

    // then the connection is closed
    await t.wantClosed(want.lease.conn, 'idle-timeout')
  })

  test('it holds until the next use', async () => {
    const t = new PoolTester({ idleTimeoutMs: 10_000 })
    const first = await lease(t, 'a')
    first.release({ idleTimeoutMs: 1_000 })
    const second = t.get('a')
    await second.wantGot()
    second.release()

    // when the hint’s time is over after a release without one
    t.advance(9_999)

    // then the pool’s own time counts
    await t.wantIdle('a', first.lease.conn)
    t.advance(1)
    await t.wantClosed(first.lease.conn, 'idle-timeout')
  })

  test('a hint shorter than those before it is looked at in its own time', async () => {
    const t = new PoolTester({ idleTimeoutMs: 60_000 })
    const patient = await lease(t, 'a')
    const hasty = await lease(t, 'b')
    patient.release()
    hasty.release({ idleTimeoutMs: 10 })

    // when its time is over
    t.advance(10)

    // then only that connection is closed
    await t.wantClosed(hasty.lease.conn, 'idle-timeout')
    await t.wantIdle('a', patient.lease.conn)
  })
})
