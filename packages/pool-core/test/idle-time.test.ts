import { describe, expect, test } from 'vitest'
import { FakeAdapter, type FakeConn, PoolTester } from '../src/testing/index.ts'
import { lease, recorder } from './play.ts'

describe('how long a connection stays idle', () => {
  test('48: without a limit a connection stays idle for ever, and no timer is armed', async () => {
    const t = new PoolTester({ idleTimeoutMs: Number.POSITIVE_INFINITY })
    const [conn] = await t.putIdle('a')

    // when a year passes
    t.advance(365 * 24 * 3_600_000)

    // then it is still there
    await t.wantIdle('a', conn!)
    expect(t.clock.pending).toBe(0)
  })

  test('48: one that may stay idle for ever is lent after any time, also if it once might not', async () => {
    const t = new PoolTester({ idleTimeoutMs: Number.POSITIVE_INFINITY })
    const [conn] = await t.putIdle('a')
    t.advance(1_000)
    const first = t.get('a')
    await first.wantGot(conn)
    first.release({ idleTimeoutMs: 500 })
    const second = t.get('a')
    await second.wantGot(conn)
    second.release()

    // when more time passes than the first release allowed
    t.advance(1_000)

    // then it is there
    await t.get('a').wantGot(conn)
    await t.wantNoDial()
    expect(t.clock.pending).toBe(0)
  })

  test('48: one timer serves all idle connections of all keys', async () => {
    const t = new PoolTester({ idleTimeoutMs: 1_000 })
    const conns: FakeConn[] = []
    for (const key of ['a', 'b', 'c']) {
      conns.push(...(await t.putIdle(key, 2)))
      t.advance(100)
      expect(t.clock.pending).toBe(1)
    }

    // when their time is over, one after the other
    t.advance(1_000)

    // then all are closed, and no timer is left
    for (const conn of conns) await t.wantClosed(conn, 'idle-timeout')
    expect(t.clock.pending).toBe(0)
  })

  test('48: any number whose time is over at once are closed, the first that became idle first', async () => {
    const closed: FakeConn[] = []
    const t = new PoolTester({
      idleTimeoutMs: 1_000,
      trace: { connClosed: ({ conn }) => void closed.push(conn) },
    })
    const conns = await t.putIdle('a', 200)

    t.advance(1_000)

    expect(closed).toEqual(conns)
    expect(t.pool.stats().open).toBe(0)
  })

  test('49: a connection that is used when its idle time would be over is left alone', async () => {
    const t = new PoolTester({ idleTimeoutMs: 1_000 })
    const [conn] = await t.putIdle('a')
    t.advance(900)
    const want = t.get('a')
    await want.wantGot(conn)

    // when the time passes at which it would have been closed
    t.advance(5_000)

    // then it is open
    await t.wantOpen(conn!)
  })

  test('50: use restarts the idle time', async () => {
    const t = new PoolTester({ idleTimeoutMs: 1_000 })
    const [conn] = await t.putIdle('a')
    t.advance(900)
    const want = t.get('a')
    await want.wantGot(conn)
    want.release()

    // when the idle time is over, counted from the last release
    t.advance(999)
    await t.wantIdle('a', conn!)
    t.advance(1)

    // then it is closed
    await t.wantClosed(conn!, 'idle-timeout')
  })

  test('51: a want in the moment in which an idle connection is over gets another', async () => {
    const t = new PoolTester({ idleTimeoutMs: 1_000 })
    const [conn] = await t.putIdle('a')

    // when one is wanted exactly then
    t.advance(1_000)
    const want = t.get('a')

    // then it hears nothing of the old one, and gets a new one
    await t.wantClosed(conn!, 'idle-timeout')
    await want.wantGot((await t.wantDial('a')).finish())
  })

  test('52: a connection that goes from the middle leaves the others in their order', async () => {
    const t = new PoolTester()
    const [coldest, middle, warmest] = await t.putIdle('a', 3)

    // when the one in the middle dies
    middle!.die()

    // then the others are taken as ever, the warmest first
    await t.get('a').wantGot(warmest)
    await t.get('a').wantGot(coldest)
  })

  test('a hint shortens the idle time of one that was idle before', async () => {
    const t = new PoolTester({ idleTimeoutMs: 10_000 })
    const [conn] = await t.putIdle('a')
    const want = t.get('a')
    await want.wantGot(conn)
    want.release({ idleTimeoutMs: 1_000 })

    // when the shorter time is over
    t.advance(1_000)

    // then it is closed
    await t.wantClosed(conn!, 'idle-timeout')
  })

  test('the end of another key changes nothing in it', async () => {
    const t = new PoolTester({ idleTimeoutMs: 1_000 })
    const [conn] = await t.putIdle('a')
    await t.putIdle('b')
    t.pool.closeIdle('b')

    // when the idle time is over
    t.advance(1_000)

    // then it is closed
    await t.wantClosed(conn!, 'idle-timeout')
  })

  test('53: an idle connection that dies is forgotten at once, and is not closed', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace })
    const [conn] = await t.putIdle('a')
    const error = new Error('reset')

    // when its peer is gone
    conn!.die(error)

    // then nothing of it is left
    expect([...t.pool.keys()]).toEqual([])
    expect(conn!.closedFor).toBeUndefined()
    const event = { key: 'a', conn, reason: 'closed-by-peer', error }
    expect(seen.at(-1)).toEqual({ hook: 'connClosed', event })
  })

  test('55: how long it was idle is counted from its last release', async () => {
    const t = new PoolTester()
    await t.putIdle('a')
    t.advance(500)
    const first = t.get('a')
    await first.wantGot()
    t.advance(200)
    first.release()
    t.advance(30)

    // when it is taken
    const got = await t.get('a').wantGot()

    // then neither the idle time before nor its use counts
    expect(got).toMatchObject({ reused: true, wasIdle: true, idleMs: 30 })
  })

  test('56: a shareable connection is closed for idleness too, counted from its last lease', async () => {
    const adapter = new FakeAdapter()
    adapter.capacity = 2
    const t = new PoolTester({ idleTimeoutMs: 1_000 }, adapter)
    const first = await lease(t, 'a')
    const { conn } = first.lease
    conn.setCapacity(2)
    const second = t.get('a')
    await second.wantGot(conn)
    first.release()
    t.advance(5_000)
    await t.wantOpen(conn)

    // when its last lease ends, and the time is over
    second.release()
    t.advance(1_000)

    // then it is closed
    await t.wantClosed(conn, 'idle-timeout')
  })

  test('62: with reuse off a connection is closed at its release', async () => {
    const t = new PoolTester({ reuse: false })
    const want = await lease(t, 'a')

    // when it is released
    want.release()

    // then nothing is kept
    await t.wantClosed(want.lease.conn, 'reuse-off')
    expect([...t.pool.keys()]).toEqual([])
  })

  test('64: the first reason to close a connection stays, and its place is freed once', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const want = await lease(t, 'a')
    const { conn } = want.lease
    conn.drain()

    // when its holder throws it away, and its peer goes too
    want.discard()
    conn.die()

    // then it was closed once, for the first reason, and one dial may begin
    await t.wantClosed(conn, 'drained')
    t.get('a')
    t.get('a')
    await t.wantDial('a')
    await t.wantNoDial()
  })
})
