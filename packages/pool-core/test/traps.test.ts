import { describe, expect, test } from 'vitest'
import { FakeAdapter, type FakeConn, PoolTester } from '../src/testing/index.ts'
import { lease, sharing } from './play.ts'

describe('traps that other pools fell into: wants that have gone', () => {
  test('callers who gave up do not have dials made for them one after the other', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const first = t.get('a')
    const gone = Array.from({ length: 20 }, () => t.get('a'))
    const last = t.get('a')
    for (const want of gone)
      want.cancel()

      // when the dial in flight fails
    ;(await t.wantDial('a')).fail('no route')

    // then the next dial is for the one who still waits
    await first.wantFailed({ error: 'no route' })
    await last.wantGot((await t.wantDial('a')).finish())
    expect(t.adapter.dials).toHaveLength(2)
  })

  test('a limit and a caller who gives up do not lock the others out', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const canceled = t.get('a')
    const want = t.get('a')
    const dial = await t.wantDial('a')

    // when the one whose dial takes the only place gives up, and the dial succeeds
    canceled.cancel()
    const conn = dial.finish()

    // then the other is served
    await want.wantGot(conn)
  })

  test('a retry is a want of its own: the failure of one dial is not another’s', async () => {
    const t = new PoolTester()
    const [head, second] = [t.get('a'), t.get('a')]
    const [headDial, secondDial] = [await t.wantDial('a'), await t.wantDial('a')]

    // when the dial of the second fails before the head of the line has its own
    secondDial.fail('no route')

    // then the head is none the wiser
    await second.wantFailed({ error: 'no route' })
    await head.wantGot(headDial.finish())
  })

  test.each(['its own', 'another'])(
    'a want served by %s dial is not left in line',
    async (whose) => {
      const t = new PoolTester()
      const [first, second] = [t.get('a'), t.get('a')]
      const dials = [await t.wantDial('a'), await t.wantDial('a')]
      if (whose === 'another') second.cancel()

      // when that dial succeeds
      const conn = dials[whose === 'another' ? 1 : 0]!.finish()
      await first.wantGot(conn)

      // then the line is without it
      expect(t.pool.stats('a').waiting).toBe(whose === 'another' ? 0 : 1)
    },
  )

  test('a connection that comes in the moment of a timeout is lost to nobody', async () => {
    const t = new PoolTester({ maxPerKey: 1, acquireTimeoutMs: 1_000 })
    const want = t.get('a')
    const dial = await t.wantDial('a')

    // when the dial succeeds, and time is over before the pool has heard of it
    const conn = dial.finish()
    t.advance(1_000)

    // then the want has failed, and the place is not lost: the connection is there for the next
    await want.wantFailed('ERR_POOL_WANT_TIMEOUT')
    await t.get('a').wantGot(conn)
  })
})

describe('traps that other pools fell into: dials and connections', () => {
  test('a stale idle connection does not fail a want that a dial could serve', async () => {
    const t = new PoolTester()
    const [stale] = await t.putIdle('a')
    stale!.broken = true

    // when somebody wants one
    const want = t.get('a')

    // then it waits for a dial, and has no error
    await want.wantWaiting()
    await want.wantGot((await t.wantDial('a')).finish())
  })

  test('connections that die as soon as they are dialed are not dialed for ever', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    const dial = await t.wantDial('a')

    // when one dies before it can be used
    dial.finish().die()

    // then its want has failed, and nobody tries again by himself
    await want.wantFailed('ERR_POOL_DIAL_CLOSED')
    await t.wantNoDial()
  })

  test('the end of a shareable connection does not take those who wait with it', async () => {
    const t = sharing(2, { maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const waiting = [t.get('a'), t.get('a')]
    await t.turn()

    // when it dies
    holder.lease.conn.die(new Error('reset'))

    // then they wait for what is dialed next
    const dial = await t.wantDial('a')
    dial.link.setCapacity(2)
    const conn = dial.finish()
    for (const want of waiting) await want.wantGot(conn)
  })

  test('what is coming is counted in leases, not in connections', async () => {
    const t = sharing(10)
    for (let i = 0; i < 10; i++) t.get('a')
    expect(t.adapter.dials).toHaveLength(1)

    // when one more is wanted than is coming
    t.get('a')

    // then one more is dialed
    expect(t.adapter.dials).toHaveLength(2)
  })

  test('wants that come one by one while a shareable dial is under way begin no others', async () => {
    const t = sharing(10)

    // when some come in turns
    for (let i = 0; i < 10; i++) {
      t.get('a')
      await t.turn()
    }

    // then there is one dial
    expect(t.adapter.dials).toHaveLength(1)
  })

  test('a dial that fails does not hang another want', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const [failed, second, third] = [t.get('a'), t.get('a'), t.get('a')]

    // when each dial but the last fails
    ;(await t.wantDial('a')).fail('no route')
    ;(await t.wantDial('a')).fail('no route')

    // then the last want has its turn
    await failed.wantFailed({ error: 'no route' })
    await second.wantFailed({ error: 'no route' })
    await third.wantGot((await t.wantDial('a')).finish())
  })

  test('a pool that closes while it dials lets nothing through afterwards', async () => {
    const t = new PoolTester()
    const [want, warming] = [t.get('a'), t.pool.warm('b', 1)]
    const dials = [await t.wantDial('a'), await t.wantDial('b')]
    const closing = t.pool.close()

    // when both dials succeed in the same moment
    const conns = dials.map((dial) => dial.finish())

    // then both connections are closed
    await want.wantFailed('ERR_POOL_CLOSED')
    await expect(warming).rejects.toMatchObject({ code: 'ERR_POOL_CLOSED' })
    for (const conn of conns) await t.wantClosed(conn, 'dial-unwanted')
    await closing
  })

  test('who wants more from inside a dial does not get past the limit', async () => {
    class Greedy extends FakeAdapter {
      more: () => void = () => undefined
      override dial(...args: Parameters<FakeAdapter['dial']>): Promise<FakeConn> {
        const dialed = super.dial(...args)
        this.more()
        return dialed
      }
    }
    const adapter = new Greedy()
    const t = new PoolTester({ maxPerKey: 2 }, adapter)
    let left = 5
    adapter.more = () => {
      if (left-- > 0) t.get('a')
    }

    // when each dial wants another one
    t.get('a')
    await t.turn()

    // then the limit holds
    expect(t.pool.stats('a').dialing).toBe(2)
  })

  test('a surplus dial is counted when it ends, however late that is', async () => {
    const t = new PoolTester()
    const holder = await lease(t, 'a')
    const want = t.get('a')
    const dial = await t.wantDial('a')
    holder.release()
    await want.wantGot(holder.lease.conn)
    want.release()
    expect(t.pool.stats().totals.dialsSurplus).toBe(0)

    // when the overtaken dial ends long after its want has gone
    t.advance(20_000)
    dial.finish()
    await t.turn()

    // then it is counted
    expect(t.pool.stats().totals.dialsSurplus).toBe(1)
  })
})
