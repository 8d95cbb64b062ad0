import { describe, expect, test } from 'vitest'
import { engineOf } from '../src/pool.ts'
import { PoolTester } from '../src/testing/index.ts'
import { lease } from './play.ts'

describe('the limit of a key', () => {
  test('80: unless a limit is given, each want may dial', async () => {
    const t = new PoolTester()

    // when a hundred wants come at once
    for (let i = 0; i < 100; i++) t.get('a')

    // then a hundred dials begin
    expect(t.pool.stats('a').dialing).toBe(100)
  })

  test('81: what is leased and what is being dialed count', async () => {
    const t = new PoolTester({ maxPerKey: 3 })
    const released = await lease(t, 'a')
    await lease(t, 'a')
    const dialing = t.get('a')
    await t.wantDial('a')
    released.release()
    await dialing.wantGot(released.lease.conn)

    // when a fourth is wanted beside two leased ones and a dial in flight
    const want = t.get('a')

    // then it has to wait
    await t.wantNoDial()
    await want.wantWaiting()
  })

  test('82: below the limit a want dials, and at the limit it waits', async () => {
    const t = new PoolTester({ maxPerKey: 2 })

    // when three are wanted
    for (let i = 0; i < 3; i++) t.get('a')

    // then two are dialed
    expect(t.pool.stats('a')).toMatchObject({ dialing: 2, waiting: 3 })
  })

  test('82: each key has the limit for itself', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    await lease(t, 'a')

    // when another key is wanted
    const want = t.get('b')

    // then that may dial
    await want.wantGot((await t.wantDial('b')).finish())
  })

  test('83: ten wants, one after the other, are served by one connection', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const wants = Array.from({ length: 10 }, () => t.get('a'))
    const conn = (await t.wantDial('a')).finish()

    // when each releases it
    for (const want of wants) {
      await want.wantGot(conn)
      want.release()
    }

    // then there was one dial
    expect(t.adapter.dials).toHaveLength(1)
  })

  test.each<[string, (t: PoolTester) => Promise<unknown>]>([
    ['is thrown away', async (t) => (await lease(t, 'a')).discard()],
    ['dies while it is leased', async (t) => (await lease(t, 'a')).lease.conn.die()],
    ['dies while it is idle', async (t) => (await t.putIdle('a'))[0]!.die()],
    ['is detached', async (t) => (await lease(t, 'a')).detach()],
    ['drains while it is idle', async (t) => (await t.putIdle('a'))[0]!.drain()],
    ['is closed while it is idle', (t) => t.putIdle('a').then(() => t.pool.closeIdle())],
    [
      'could not be dialed',
      (t) => Promise.all([t.get('a'), t.wantDial('a').then((it) => it.fail())]),
    ],
  ])('84: a connection that %s leaves its place to another', async (_, leave) => {
    const t = new PoolTester({ maxPerKey: 1 })

    // when it leaves
    await leave(t)
    await t.turn()

    // then another may be dialed
    t.get('a')
    await t.wantDial('a')
  })

  test('84, 86: a place freed while only canceled wants stood in line starts no dial', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    for (const want of [t.get('a'), t.get('a')]) want.cancel()

    // when the place becomes free
    holder.discard()

    // then nobody dials, and the key is gone
    await t.wantNoDial()
    expect([...t.pool.keys()]).toEqual([])
  })

  test('85: a freed place passes to who waits, and at the end the key is gone', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const want = t.get('a')

    // when the place becomes free
    holder.discard()

    // then it is taken again in the same step, and given up with the last connection
    expect(t.pool.stats('a')).toMatchObject({ open: 0, dialing: 1 })
    await want.wantGot((await t.wantDial('a')).finish())
    want.discard()
    expect([...t.pool.keys()]).toEqual([])
  })

  test('86: a freed place passes over a canceled want', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const canceled = t.get('a')
    const want = t.get('a')
    canceled.cancel()

    // when the place becomes free
    holder.discard()

    // then one dial begins, for the want that is left
    await want.wantGot((await t.wantDial('a')).finish())
    await t.wantNoDial()
  })

  test('87: a place that was freed once is not freed again', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    for (let i = 0; i < 3; i++) t.get('a')

    // when a leased connection dies, dies again, drains, and then its lease ends
    const { conn } = holder.lease
    conn.die()
    conn.die()
    conn.drain()
    holder.release()

    // then one place was freed
    await t.wantDial('a')
    await t.wantNoDial()
  })

  test('87: taking a connection out of the books twice is a bug, and said so loudly', async () => {
    const t = new PoolTester()
    await t.putIdle('a')
    const { conns } = engineOf(t.pool)
    const [record] = conns.records()
    t.pool.closeIdle()

    // when something inside takes it out again
    const again = () => conns.detach(record!)

    // then that throws, and the counts are right
    expect(again).toThrow('bug in @wantconn/pool-core')
    t.check()
  })

  test('88: a connection closed for too many idle ones frees its place', async () => {
    const t = new PoolTester({ maxPerKey: 2, maxIdlePerKey: 1 })
    await t.putIdle('a', 2)
    await t.get('a').wantGot()

    // when one is wanted beside the one that was kept
    const want = t.get('a')

    // then there is a place for it
    await want.wantGot((await t.wantDial('a')).finish())
  })

  test('89: a want canceled while it waits for a place leaves none taken', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    t.get('a').cancel()
    holder.discard()

    // when somebody else comes
    const want = t.get('a')

    // then it may dial
    await want.wantGot((await t.wantDial('a')).finish())
  })

  test('90: the limit of a key closes nothing to make room, in that key or another', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const [other] = await t.putIdle('b')

    // when one too many is wanted
    const want = t.get('a')

    // then it waits, and all stay open
    await want.wantWaiting()
    await t.wantOpen(holder.lease.conn, other!)
    await t.wantNoDial()
  })

  test('92, 112: shareable connections count against the limit, and wants wait for room on them', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const wants = Array.from({ length: 3 }, () => t.get('a'))
    const conn = (await t.wantDial('a')).finish()
    conn.setCapacity(2)
    await wants[1]!.wantGot(conn)

    // when its two leases are out
    await wants[2]!.wantWaiting()
    await t.wantNoDial()
    wants[0]!.release()

    // then the third want gets the room that one of them leaves
    await wants[2]!.wantGot(conn)
    expect(t.pool.stats('a')).toMatchObject({ open: 1, leases: 2 })
  })
})
