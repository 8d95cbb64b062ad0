import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'
import { lease, recorder, sharing } from './play.ts'

describe('the hooks of one want', () => {
  test('147: they see the want’s own events, and none of another’s', async () => {
    const { trace, hooks } = recorder()
    const t = new PoolTester()
    const want = t.get('a', { trace })
    t.get('a')

    // when both get what they dialed, and release it
    const conn = (await t.wantDial('a')).finish()
    ;(await t.wantDial('a')).finish()
    await want.wantGot(conn)
    want.release()
    await t.turn()

    // then each event of that want came once, and nothing after it
    expect(hooks()).toEqual(['getConn', 'dialStart', 'dialDone', 'gotConn'])
  })

  test('147: they are told at once of a place on a connection that is in use', async () => {
    const t = sharing(2)
    const first = await lease(t, 'a')
    first.lease.conn.setCapacity(2)
    t.advance(1_000)
    const { trace, seen } = recorder()

    // when a want gets it without waiting
    const second = t.get('a', { trace })
    await second.wantGot(first.lease.conn)

    // then it has waited for no time
    expect(seen).toEqual([
      { hook: 'getConn', event: expect.anything() },
      { hook: 'gotConn', event: expect.objectContaining({ waitedMs: 0, shared: true }) },
    ])
  })

  test('147: they hear nothing of a dial that goes on after the want was settled', async () => {
    const { trace, hooks } = recorder()
    const t = new PoolTester()
    const holder = await lease(t, 'a')
    const want = t.get('a', { trace })
    const dial = await t.wantDial('a')
    holder.release()
    await want.wantGot(holder.lease.conn)

    // when the dial succeeds
    dial.finish()
    await t.turn()

    // then only the pool’s own trace would know
    expect(hooks()).toEqual(['getConn', 'dialStart', 'gotConn'])
  })

  test('147: the dial of a served want is surplus to the pool’s hooks', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace })
    t.get('a').cancel()

    // when its dial succeeds
    const conn = (await t.wantDial('a')).finish()
    await t.wantIdle('a', conn)

    // then it is told as such
    const event = { key: 'a', durationMs: 0, conn, surplus: true }
    expect(seen).toContainEqual({ hook: 'dialDone', event })
  })

  test('they see a want that a ready connection settles, though the pool has no trace', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester()
    const [conn] = await t.putIdle('a')
    t.advance(25)

    // when somebody with hooks wants one
    await t.get('a', { trace }).wantGot(conn)

    // then both of its events came
    const idle = { reused: true, wasIdle: true, idleMs: 25, shared: false, waitedMs: 0 }
    expect(seen).toEqual([
      { hook: 'getConn', event: { key: 'a' } },
      { hook: 'gotConn', event: { key: 'a', conn, ...idle } },
    ])
  })

  test('they say how long it waited, though the pool has no trace', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester()
    t.advance(100)
    const want = t.get('a', { trace })
    t.advance(25)

    // when it is canceled
    want.cancel('enough')

    // then the time is right
    const event = { key: 'a', error: 'enough', waitedMs: 25 }
    expect(seen.at(-1)).toEqual({ hook: 'wantFailed', event })
  })
})
