import { describe, expect, test } from 'vitest'
import { FakeAdapter, PoolTester } from '../src/testing/index.ts'
import { lease, recorder } from './play.ts'

describe('the hooks of a pool', () => {
  test('141: getConn comes once for each want, before all else', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace })
    await t.putIdle('a')
    const before = seen.length

    // when a want finds an idle connection
    await t.get('a').wantGot()

    // then getConn was first all the same
    expect(seen[before]).toEqual({ hook: 'getConn', event: { key: 'a' } })
    expect(seen.filter(({ hook }) => hook === 'getConn')).toHaveLength(2)
  })

  test('142: gotConn comes for every lease, and says if the connection is shared', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace })
    const first = await lease(t, 'a')
    first.lease.conn.setCapacity(2)

    // when a second want shares it
    await t.get('a').wantGot(first.lease.conn)

    // then both were told, the second as shared and reused
    const got = seen.filter(({ hook }) => hook === 'gotConn').map(({ event }) => event)
    expect(got).toEqual([
      expect.objectContaining({ shared: false, reused: false }),
      expect.objectContaining({ shared: true, reused: true, wasIdle: false }),
    ])
  })

  test('143: a fresh connection for its own want is neither reused nor was it idle', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace })
    t.advance(1_000)
    const want = t.get('a')
    const dial = await t.wantDial('a')
    t.advance(70)

    // when the dial succeeds
    const conn = dial.finish()
    await want.wantGot(conn)

    // then gotConn says so, and how long it took
    const dialDone = { key: 'a', durationMs: 70, conn, surplus: false }
    const served = { reused: false, wasIdle: false, idleMs: 0, shared: false, waitedMs: 70 }
    expect(seen.slice(-2)).toEqual([
      { hook: 'dialDone', event: dialDone },
      { hook: 'gotConn', event: { key: 'a', conn, ...served } },
    ])
  })

  test('144: a connection from the idle list was idle, for so long', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace })
    await t.putIdle('a')
    t.advance(40)

    // when it is taken
    await t.get('a').wantGot()

    // then gotConn says so
    const event = { reused: true, wasIdle: true, idleMs: 40, waitedMs: 0 }
    expect(seen.at(-1)).toEqual({ hook: 'gotConn', event: expect.objectContaining(event) })
  })

  test('145: a connection handed over was not idle', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace, maxPerKey: 1 })
    const holder = await lease(t, 'a')
    t.get('a')
    t.advance(40)

    // when it is released while somebody waits
    holder.release()
    await t.turn()

    // then gotConn says so
    const event = { reused: true, wasIdle: false, idleMs: 0, waitedMs: 40 }
    expect(seen.at(-1)).toEqual({ hook: 'gotConn', event: expect.objectContaining(event) })
  })

  test('146: putIdle comes for what becomes idle, a late connection included', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace })
    const [released] = await t.putIdle('a')
    t.get('b').cancel()

    // when the dial of a canceled want succeeds
    const late = (await t.wantDial('b')).finish()
    await t.wantIdle('b', late)

    // then it was told like one that was released
    expect(seen.filter(({ hook }) => hook === 'putIdle').map(({ event }) => event)).toEqual([
      { key: 'a', conn: released },
      { key: 'b', conn: late },
    ])
  })

  test('putIdle comes though the adapter has no onIdle, and then it is not told of a lease', async () => {
    const { trace, hooks } = recorder()
    let leases = 0
    const adapter = Object.assign(new FakeAdapter(), { onIdle: undefined, onLease: () => leases++ })
    const t = new PoolTester({ trace }, adapter as unknown as FakeAdapter)

    // when a connection becomes idle and is taken
    await t.putIdle('a')
    t.pool.tryAcquire('a')

    // then the hook was called, and the adapter was not
    expect(hooks()).toContain('putIdle')
    expect(leases).toBe(0)
  })

  test.each([{ reuse: false }, { maxIdle: 0 }, { maxIdlePerKey: 0 }])(
    '146: putIdle does not come where nothing is kept: %o',
    async (options) => {
      const { trace, hooks } = recorder()
      const t = new PoolTester({ trace, ...options })

      // when a connection is released
      await t.putIdle('a')

      // then it was closed, and that is told
      expect(hooks()).not.toContain('putIdle')
      expect(hooks().at(-1)).toBe('connClosed')
    },
  )

  test('148: a trace without hooks is as good as none', async () => {
    const t = new PoolTester({ trace: {} })

    // when a want with such a trace of its own goes its way
    const want = t.get('a', { trace: {} })

    // then it gets its connection
    await want.wantGot((await t.wantDial('a')).finish())
  })

  test.each<[string, (t: PoolTester, abort: () => void) => unknown, object]>([
    ['fails', async (t) => (await t.wantDial('a')).fail('no route'), { error: 'no route' }],
    ['is aborted', (_, abort) => abort(), { error: 'enough' }],
    [
      'times out',
      (t) => t.advance(90),
      { error: expect.objectContaining({ code: 'ERR_POOL_WANT_TIMEOUT' }), waitedMs: 90 },
    ],
    [
      'ends with the pool',
      (t) => t.pool.close(),
      { error: expect.objectContaining({ code: 'ERR_POOL_CLOSED' }) },
    ],
  ])('wantFailed comes once for a want that %s', async (_, end, outcome) => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace })
    const caller = new AbortController()
    t.get('a', { signal: caller.signal, timeoutMs: 90 })

    // when it ends that way
    await end(t, () => caller.abort('enough'))
    await t.turn()

    // then that was told once
    const failures = seen.filter(({ hook }) => hook === 'wantFailed').map(({ event }) => event)
    expect(failures).toEqual([{ key: 'a', waitedMs: 0, ...outcome }])
  })

  test('a refused want has its getConn and its wantFailed too', async () => {
    const { trace, hooks } = recorder()
    const t = new PoolTester({ trace, maxWaiting: 1 })
    t.get('a')
    const before = hooks().length

    // when one too many is stated
    await t.get('a').wantFailed('ERR_POOL_QUEUE_FULL')

    // then both came
    expect(hooks().slice(before)).toEqual(['getConn', 'wantFailed'])
  })

  test('a want that never had a chance has its getConn and its wantFailed, too', async () => {
    const { trace, hooks } = recorder()
    const t = new PoolTester({ trace })

    // when one is stated with an aborted signal, and one after the end of the pool
    t.get('a', { signal: AbortSignal.abort() })
    t.pool.destroy()
    t.get('a')

    // then both came for each
    expect(hooks()).toEqual(['getConn', 'wantFailed', 'getConn', 'wantFailed'])
  })

  test('a try is told only when it returns a lease', async () => {
    const { trace, hooks } = recorder()
    const t = new PoolTester({ trace })
    t.pool.tryAcquire('a')
    expect(hooks()).toEqual([])
    await t.putIdle('a')
    const before = hooks().length

    // when it finds something
    t.pool.tryAcquire('a')

    // then it is told like any other want
    expect(hooks().slice(before)).toEqual(['getConn', 'gotConn'])
  })

  test('connClosed tells why, and what a holder gave as the error', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace })
    const want = await lease(t, 'a')
    const error = new Error('bad answer')

    // when the connection is thrown away
    want.discard(error)

    // then both are told
    const event = { key: 'a', conn: want.lease.conn, reason: 'discarded', error }
    expect(seen.at(-1)).toEqual({ hook: 'connClosed', event })
  })

  test('connClosed tells the first error, when the pool is destroyed before the last holder is done', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace })
    const first = await lease(t, 'a')
    const { conn } = first.lease
    conn.setCapacity(2)
    const second = t.get('a')
    await second.wantGot(conn)
    const error = new Error('bad answer')
    second.discard(error)

    // when the pool is destroyed without an error of its own
    t.pool.destroy()

    // then why it was discarded is told
    expect(seen.at(-1)).toEqual({
      hook: 'connClosed',
      event: { key: 'a', conn, reason: 'discarded', error },
    })
  })

  test('connClosed has no error where nobody gave one', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace })
    const [conn] = await t.putIdle('a')

    // when the connection is closed
    t.pool.closeIdle()

    // then the event has no such property
    const event = { key: 'a', conn, reason: 'close-idle' }
    expect(seen.at(-1)).toStrictEqual({ hook: 'connClosed', event })
  })

  test('a detached connection is not told as closed', async () => {
    const { trace, hooks } = recorder()
    const t = new PoolTester({ trace })
    const want = await lease(t, 'a')

    // when it is detached
    want.detach()

    // then connClosed does not come
    expect(hooks()).not.toContain('connClosed')
  })

  test('a hook may re-enter the pool, and sees its books in order', async () => {
    const t: PoolTester = new PoolTester({
      trace: {
        putIdle: ({ key }) => {
          t.check()
          t.pool.closeIdle(key)
        },
      },
    })

    // when a connection becomes idle, and the hook closes it
    const [conn] = await t.putIdle('a')

    // then it is closed
    await t.wantClosed(conn!, 'close-idle')
  })
})
