import { describe, expect, test } from 'vitest'
import { engineOf } from '../src/pool.ts'
import { PoolTester } from '../src/testing/index.ts'
import type { WantConn } from '../src/want-conn.ts'
import { lease } from './play.ts'

describe('a want is settled exactly once', () => {
  test('25, 26: settling a settled want is a bug, whatever with, and said so loudly', async () => {
    const t = new PoolTester()
    const { wants } = engineOf(t.pool)
    const want = t.get('a').want as WantConn<string, never>
    want.cancel()

    // when something inside settles it again
    const settleAgain = () => wants.fail(want as never, new Error('again'), 'failed')

    // then that throws
    expect(settleAgain).toThrow('bug in @wantconn/pool-core')
  })

  test('25: the callback is called with either an error or a lease', async () => {
    const t = new PoolTester()
    const outcomes: unknown[][] = []
    const note = (...outcome: unknown[]) => void outcomes.push(outcome)

    // when one want gets a connection, and another fails
    t.pool.want('a', note)
    ;(await t.wantDial('a')).finish()
    t.pool.want('b', note)
    ;(await t.wantDial('b')).fail('no route')
    await t.turn()

    // then one has a lease and no error, the other an error and no lease
    expect(outcomes).toHaveLength(2)
    expect(outcomes[0]).toEqual([undefined, expect.objectContaining({ key: 'a' })])
    expect(outcomes[1]).toEqual(['no route', undefined])
  })

  test('28: a release returns with everything in order, however long the callback takes', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    let statsInside: unknown
    t.pool.want('a', () => {
      statsInside = t.pool.stats('a')
      t.check()
    })

    // when the connection is handed over
    holder.release()
    await t.turn()

    // then the callback has seen a pool in which the lease is its own
    expect(statsInside).toMatchObject({ leased: 1, leases: 1, idle: 0, waiting: 0 })
  })

  test('29: a connection that comes too late for its want is kept for the next', async () => {
    const t = new PoolTester()
    const first = t.get('a')
    const dial = await t.wantDial('a')
    first.cancel()
    await t.wantIdle('a', dial.finish())

    // when somebody else wants one
    const next = t.get('a')

    // then it is there already
    await next.wantGot()
    await t.wantNoDial()
  })

  test('30: a canceled want is passed over by what comes later', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const canceled = t.get('a')
    const next = t.get('a')
    canceled.cancel('enough')

    // when a connection comes back
    holder.release()

    // then the next in line has it
    await canceled.wantFailed({ error: 'enough' })
    await next.wantGot(holder.lease.conn)
  })
})

describe('once delivered, a connection is the caller’s', () => {
  test('31: a cancel between delivery and callback comes too late', async () => {
    const t = new PoolTester()
    await t.putIdle('a')
    const want = t.get('a')

    // when it is canceled before its callback has run
    const wasWaiting = want.cancel('enough')

    // then it gets its lease all the same
    expect(wasWaiting).toBe(false)
    await want.wantGot()
    expect(t.pool.stats()).toMatchObject({ leased: 1, totals: { got: 2, canceled: 0 } })
  })

  test('31, 124: an abort between delivery and callback comes too late', async () => {
    const t = new PoolTester()
    await t.putIdle('a')
    const caller = new AbortController()
    const acquired = t.pool.acquire('a', { signal: caller.signal })

    // when its caller gives up in the same moment
    caller.abort()

    // then the lease is there, and it is the caller's to end
    const got = await acquired
    got.release()
    t.check()
    expect(t.pool.stats()).toMatchObject({ idle: 1, leased: 0 })
  })

  test('32, 125: a cancel after an error was delivered does not replace that error', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    ;(await t.wantDial('a')).fail('no route')
    await t.turn()

    // when it is canceled afterwards
    const wasWaiting = want.cancel('enough')

    // then the error is what it was
    expect(wasWaiting).toBe(false)
    await want.wantFailed({ error: 'no route' })
  })

  test('33: a cancel after a shared connection was delivered leaves the lease in place', async () => {
    const t = new PoolTester()
    const holder = await lease(t, 'a')
    holder.lease.conn.setCapacity(2)
    const second = t.get('a')

    // when the second want is canceled before its callback has run
    const wasWaiting = second.cancel()

    // then both hold their lease
    expect(wasWaiting).toBe(false)
    await second.wantGot(holder.lease.conn)
    expect(t.pool.stats()).toMatchObject({ open: 1, leased: 1, leases: 2 })
  })

  test('34, 96, 132: a late connection that goes to another want has not been used before', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const first = t.get('a')
    const dial = await t.wantDial('a')
    first.cancel()
    const second = t.get('a')

    // when the dial comes, and the other want gets it
    const got = await second.wantGot(dial.finish())

    // then it is neither reused nor from the idle list
    expect(got).toMatchObject({ reused: false, wasIdle: false, idleMs: 0 })
  })

  test('34, 144: a late connection that was idle before its first lease was idle, and not reused', async () => {
    const t = new PoolTester()
    const first = t.get('a')
    const dial = await t.wantDial('a')
    first.cancel()
    await t.wantIdle('a', dial.finish())
    t.advance(50)

    // when it serves its first want
    const got = await t.get('a').wantGot()

    // then the lease tells both
    expect(got).toMatchObject({ reused: false, wasIdle: true, idleMs: 50 })
  })
})
