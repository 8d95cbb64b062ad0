import { describe, expect, test } from 'vitest'
import { FakeAdapter, type FakeConn, PoolTester } from '../src/testing/index.ts'
import { lease, sharing } from './play.ts'

describe('traps that other pools fell into: capacity', () => {
  test('room that shrinks and then grows breaks nothing', async () => {
    const t = sharing(4, { maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const { conn } = holder.lease
    conn.setCapacity(4)
    for (let i = 0; i < 3; i++) await t.get('a').wantGot(conn)
    const want = t.get('a')

    // when it goes down below its leases, to nothing, and up again
    for (const capacity of [2, 0, 1, 4]) {
      conn.setCapacity(capacity)
      await want.wantWaiting()
    }
    conn.setCapacity(5)

    // then the want has the one place that is new
    await want.wantGot(conn)
  })

  test('a session that drains before anybody has used it serves nobody', async () => {
    const t = sharing(10)
    const wants = [t.get('a'), t.get('a')]
    const dial = await t.wantDial('a')
    dial.link.setCapacity(10)
    dial.link.drain()

    // when its dial succeeds
    const conn = dial.finish()

    // then its own want has failed, and the other dials
    await t.wantClosed(conn, 'dial-unwanted')
    await wants[0]!.wantFailed('ERR_POOL_DIAL_CLOSED')
    await wants[1]!.wantGot((await t.wantDial('a')).finish())
  })

  test('a session that starts without room is a failed dial, and no reason to dial on and on', async () => {
    const t = sharing(10)
    const wants = [t.get('a'), t.get('a')]
    for (const want of wants) {
      const dial = await t.wantDial('a')
      dial.link.setCapacity(0)

      // when its dial succeeds
      dial.finish()

      // then one want has failed for it
      await want.wantFailed('ERR_POOL_DIAL_CLOSED')
    }
    await t.wantNoDial()
  })

  test('what a peer allows is learned anew each time it says so', async () => {
    const t = sharing(100)
    const holder = await lease(t, 'a')
    holder.lease.conn.setCapacity(50)
    holder.lease.conn.setCapacity(2)
    await t.get('a').wantGot()

    // when four are wanted beyond its room
    for (let i = 0; i < 4; i++) t.get('a')

    // then two dials are expected to bring that much
    expect(t.pool.stats('a')).toMatchObject({ waiting: 4, dialing: 2 })
  })
})

describe('traps that other pools fell into: time, and what stays', () => {
  test('keys that were used once do not pile up', async () => {
    const t = new PoolTester()

    // when a hundred keys are used once, and their connections thrown away
    for (let i = 0; i < 100; i++) (await lease(t, `key${i}`)).discard()

    // then none of them is left
    expect(t.pool.stats().keys).toBe(0)
    expect([...t.pool.keys()]).toEqual([])
  })

  test('jitter works on lifetimes below a second', async () => {
    const t = new PoolTester({ maxLifetimeMs: 100, lifetimeJitter: 0.5, random: () => 0.01 })
    const [conn] = await t.putIdle('a')
    t.advance(99)
    await t.wantIdle('a', conn!)

    // when 99.5 ms have passed
    t.advance(0.5)

    // then its life is over
    expect(t.pool.tryAcquire('a')).toBeUndefined()
    await t.wantClosed(conn!, 'lifetime')
  })

  test('a timer that comes after the fact finds nothing to do', async () => {
    const t = new PoolTester({ idleTimeoutMs: 100, acquireTimeoutMs: 100, dialTimeoutMs: 100 })
    const [conn] = await t.putIdle('a')
    const want = t.get('b')
    const dial = await t.wantDial('b')
    const taken = t.get('a')
    await taken.wantGot(conn)
    await want.wantGot(dial.finish())

    // when the times of all that would be over
    t.advance(1_000)

    // then nobody is hurt
    await t.wantOpen(conn!, want.lease.conn)
    expect(t.pool.stats()).toMatchObject({ leased: 2, totals: { timedOut: 0, failed: 0 } })
  })

  test('a connection found dead while others are looked at is not handed out', async () => {
    class Probing extends FakeAdapter {
      override isBroken(conn: FakeConn): boolean {
        if (conn.broken) conn.die()
        return false
      }
    }
    const t = new PoolTester({}, new Probing())
    const [alive, dead] = await t.putIdle('a', 2)
    dead!.broken = true

    // when the look at one reports its death, and says it is fine
    const want = t.get('a')

    // then the want has another
    await want.wantGot(alive)
    expect(dead!.closedFor).toBeUndefined()
  })

  test('time that goes backwards evicts nobody', async () => {
    const t = new PoolTester({ idleTimeoutMs: 1_000, maxLifetimeMs: 10_000 })
    t.advance(5_000)
    const conns = await t.putIdle('a', 3)

    // when the clock is set back by a day
    t.clock.jump(-24 * 3_600_000)
    t.advance(100)

    // then all are idle still
    await t.wantIdle('a', ...conns)
    expect(t.pool.stats().idle).toBe(3)
  })

  test('load can be spread: first in, first out, with a limit to uses', async () => {
    const t = new PoolTester({ idleOrder: 'fifo', maxUses: 3 })
    const conns = await t.putIdle('a', 3)

    // when six are wanted one after the other
    const used: (FakeConn | undefined)[] = []
    for (let i = 0; i < 6; i++) {
      const tried = t.pool.tryAcquire('a')
      used.push(tried?.conn)
      tried?.release()
    }

    // then each has served twice more, in turns, and then ended
    expect(used).toEqual([...conns, ...conns])
    for (const conn of conns) await t.wantClosed(conn, 'max-uses')
  })

  test('by default a burst on one key keeps all its connections, and does not churn', async () => {
    const t = new PoolTester()
    const wants = Array.from({ length: 50 }, () => t.get('a'))
    for (let i = 0; i < 50; i++) (await t.wantDial('a')).finish()
    await t.turn()

    // when all are released
    for (const want of wants) want.release()

    // then all are kept
    expect(t.pool.stats()).toMatchObject({ open: 50, idle: 50 })
  })

  test('a peer’s idle hint is used as it is told, without a margin of the pool’s own', async () => {
    const t = new PoolTester()
    const want = await lease(t, 'a')
    want.release({ idleTimeoutMs: 5_000 })

    // when the next want comes 4.5 s later
    t.advance(4_500)

    // then it does not need a new connection
    await t.get('a').wantGot(want.lease.conn)
  })
})
