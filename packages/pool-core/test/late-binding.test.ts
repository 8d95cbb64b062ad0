import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'
import { lease } from './play.ts'

describe('late binding', () => {
  test('94, 95: a released connection beats a dial still in flight, and the late dial goes idle', async () => {
    const t = new PoolTester({ maxPerKey: 2 })

    // given one connection in use, and a second want whose dial has begun
    const first = t.get('a')
    const conn = (await t.wantDial('a')).finish()
    await first.wantGot(conn)
    const second = t.get('a')
    const dial = await t.wantDial('a')

    // when the first caller is done before that dial is
    first.release()

    // then the second want takes the warm connection, and the late one goes idle
    await second.wantGot(conn)
    await t.wantIdle('a', dial.finish())
  })

  test('94: a want whose dial is in flight takes a connection that is released first', async () => {
    const t = new PoolTester()
    const holder = await lease(t, 'a')
    const want = t.get('a')
    await t.wantDial('a')

    // when the connection in use is released
    holder.release()

    // then the want has it
    const got = await want.wantGot(holder.lease.conn)
    expect(got).toMatchObject({ reused: true, wasIdle: false, idleMs: 0 })
  })

  test('95: an overtaken dial goes on, and serves a want that did not begin it', async () => {
    const t = new PoolTester({ maxPerKey: 2 })
    const holder = await lease(t, 'a')
    const first = t.get('a')
    const dial = await t.wantDial('a')
    holder.release()
    await first.wantGot(holder.lease.conn)
    const second = t.get('a')

    // when the dial of the first want succeeds while the second one waits
    expect(dial.aborted).toBe(false)
    const conn = dial.finish()

    // then the second has its connection
    await second.wantGot(conn)
  })

  test('95: a want is served by another’s dial that is faster than its own', async () => {
    const t = new PoolTester()
    const first = t.get('a')
    const second = t.get('a')
    const slow = await t.wantDial('a')
    const fast = await t.wantDial('a')
    second.cancel()

    // when the second dial, whose want is gone, is the first to succeed
    const conn = fast.finish()

    // then it serves the first want, and the late one goes idle
    await first.wantGot(conn)
    await t.wantIdle('a', slow.finish())
  })

  test('97: a late connection over the idle limit stays, and the coldest makes room', async () => {
    const t = new PoolTester({ maxIdlePerKey: 1 })
    const first = t.get('a')
    const dial = await t.wantDial('a')
    const holder = await lease(t, 'a')
    first.cancel()
    holder.release()

    // when the late dial succeeds with an idle connection there already
    const late = dial.finish()

    // then the one that has been idle longer goes
    await t.wantIdle('a', late)
    await t.wantClosed(holder.lease.conn, 'max-idle-per-key')
  })

  test('98: a connection that comes after its dial was ended is closed, and has no place', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    t.get('a').cancel()
    const dial = await t.wantDial('a')
    t.pool.closeIdle()
    const next = t.get('a')
    const nextDial = await t.wantDial('a')

    // when the dial succeeds all the same
    const conn = dial.finish()

    // then its connection is closed, and the want waits for the new dial
    await t.wantClosed(conn, 'dial-unwanted')
    await next.wantWaiting()
    await next.wantGot(nextDial.finish())
  })

  test('99: a late connection is closed where nothing is reused, though somebody waits', async () => {
    const t = new PoolTester({ reuse: false, maxPerKey: 1 })
    const canceled = t.get('a')
    const dial = await t.wantDial('a')
    canceled.cancel()
    const want = t.get('a')

    // when the dial of the canceled want succeeds
    const conn = dial.finish()

    // then its connection is closed, and the want gets one of its own
    await t.wantClosed(conn, 'dial-unwanted')
    await want.wantGot((await t.wantDial('a')).finish())
  })

  test('99: a late connection still serves its own want where nothing is reused', async () => {
    const t = new PoolTester({ reuse: false })
    const holder = await lease(t, 'a')
    const want = t.get('a')
    const dial = await t.wantDial('a')

    // when another connection is released before the dial succeeds
    holder.release()
    const conn = dial.finish()

    // then the want has what was dialed for it
    await want.wantGot(conn)
  })
})
