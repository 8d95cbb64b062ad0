import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'
import { lease, recorder } from './play.ts'

describe('which idle connection is taken', () => {
  test('35: the warmest idle connection is taken first', async () => {
    const t = new PoolTester()
    const conns = await t.putIdle('a', 3)

    // when three wants come one after the other
    const got = [t.get('a'), t.get('a'), t.get('a')].map((want) => want.wantGot())

    // then each takes what was released last
    const taken = (await Promise.all(got)).map(({ conn }) => conn)
    expect(taken).toEqual(conns.reverse())
  })

  test('36: an exclusive connection that is taken is idle nowhere any more', async () => {
    const t = new PoolTester({ maxIdle: 2 })
    const [old] = await t.putIdle('a')
    const [other] = await t.putIdle('b')

    // when the oldest idle one is taken, and another takes its place
    await t.get('a').wantGot(old)
    await t.putIdle('c')

    // then there are two idle ones, and nothing was closed for it
    await t.wantOpen(old!, other!)
    expect(t.pool.tryAcquire('a')).toBeUndefined()
    expect(t.pool.stats()).toMatchObject({ open: 3, idle: 2, leased: 1 })
  })

  test('37: a broken idle connection is closed, and the next older one taken', async () => {
    const t = new PoolTester()
    const [older, newer] = await t.putIdle('a', 2)
    newer!.broken = true

    // when somebody wants one
    const want = t.get('a')

    // then it gets the healthy one
    await want.wantGot(older)
    await t.wantClosed(newer!, 'broken')
  })

  test('38: a connection idle for too long is not taken, though no timer has told so', async () => {
    const t = new PoolTester({ idleTimeoutMs: 1_000 })
    const [conn] = await t.putIdle('a')

    // when time has passed unseen, as while a machine sleeps, and somebody wants one
    t.clock.jump(1_001)
    const want = t.get('a')

    // then it is closed, and a new one is dialed
    await t.wantClosed(conn!, 'idle-timeout')
    await want.wantGot((await t.wantDial('a')).finish())
  })

  test('39: a want that finds only unusable idle connections dials, and nothing stays idle', async () => {
    const t = new PoolTester()
    const conns = await t.putIdle('a', 2)
    for (const conn of conns) conn.broken = true

    // when somebody wants one
    const want = t.get('a')

    // then all of them are closed, and the want waits for a dial
    expect(t.pool.stats('a')).toMatchObject({ open: 0, idle: 0, dialing: 1, waiting: 1 })
    await want.wantGot((await t.wantDial('a')).finish())
  })
})

describe('what becomes of a connection given back', () => {
  test('40: it serves who waits, and is idle only if nobody does', async () => {
    const { trace, hooks } = recorder()
    const t = new PoolTester({ maxPerKey: 1, trace })
    const first = await lease(t, 'a')
    const second = t.get('a')

    // when it is released with somebody waiting, and then with nobody
    first.release()
    await second.wantGot(first.lease.conn)
    expect(hooks()).not.toContain('putIdle')
    second.release()

    // then it is idle the second time only
    await t.wantIdle('a', first.lease.conn)
    expect(hooks().filter((hook) => hook === 'putIdle')).toHaveLength(1)
  })

  test('41: a broken one is closed, though somebody waits for it', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const first = await lease(t, 'a')
    const second = t.get('a')
    first.lease.conn.broken = true

    // when it is released
    first.release()

    // then it is closed, and who waits may dial
    await t.wantClosed(first.lease.conn, 'broken')
    await second.wantGot((await t.wantDial('a')).finish())
  })

  test('41, 43: who waits is served before the limits for idle ones are looked at', async () => {
    const t = new PoolTester({ maxPerKey: 1, maxIdlePerKey: 0 })
    const first = await lease(t, 'a')
    const second = t.get('a')

    // when a connection is released where none may be idle
    first.release()
    await second.wantGot(first.lease.conn)
    second.release()

    // then it has served the one who waited, and is closed after that
    await t.wantClosed(first.lease.conn, 'max-idle-per-key')
  })

  test('42: over the idle limit of a key the coldest goes, and the one just used stays', async () => {
    const t = new PoolTester({ maxIdlePerKey: 2 })

    // when three connections of a key become idle
    const [coldest, ...warm] = await t.putIdle('a', 3)

    // then the first of them makes room
    await t.wantClosed(coldest!, 'max-idle-per-key')
    await t.wantIdle('a', ...warm)
  })

  test('44: over the idle limit of the pool the coldest of all keys goes', async () => {
    const t = new PoolTester({ maxIdle: 2 })
    const [coldest] = await t.putIdle('a')
    const [warm] = await t.putIdle('b')

    // when a third connection becomes idle
    const [warmest] = await t.putIdle('c')

    // then the one that was released first makes room
    await t.wantClosed(coldest!, 'max-idle')
    await t.wantIdle('b', warm!)
    await t.wantIdle('c', warmest!)
  })

  test('43, 44: a key at its own idle limit is not what exceeds the limit of the pool', async () => {
    const t = new PoolTester({ maxIdle: 2, maxIdlePerKey: 1 })
    const [coldest] = await t.putIdle('a')
    await t.putIdle('b')

    // when a third key has one idle connection, as many as it may have
    const [warmest] = await t.putIdle('c')

    // then the coldest of all makes room
    await t.wantClosed(coldest!, 'max-idle')
    await t.wantIdle('c', warmest!)
  })

  test('46: a look at an idle connection that takes none of it keeps its place', async () => {
    const t = new PoolTester({ maxIdle: 2 })
    const [coldest] = await t.putIdle('a')
    await t.putIdle('b')

    // when the pool is asked about the coldest, and then one too many becomes idle
    t.pool.stats('a')
    t.pool.closeIdle('x')
    await t.putIdle('c')

    // then the coldest goes all the same
    await t.wantClosed(coldest!, 'max-idle')
  })

  test('46, 55: being used again counts as warm from its release on', async () => {
    const t = new PoolTester({ maxIdle: 2 })
    await t.putIdle('a')
    const [other] = await t.putIdle('b')
    const again = t.get('a')
    await again.wantGot()
    again.release()

    // when one too many becomes idle
    await t.putIdle('c')

    // then it is the one that was not used again
    await t.wantClosed(other!, 'max-idle')
  })

  test('44: taking the warmest leaves the coldest next to go', async () => {
    const t = new PoolTester({ maxIdle: 2 })
    const [coldest] = await t.putIdle('a')
    await t.putIdle('b')
    await t.get('b').wantGot()
    await t.putIdle('c')

    // when one too many becomes idle
    await t.putIdle('d')

    // then the coldest goes
    await t.wantClosed(coldest!, 'max-idle')
  })

  test('45: with no idle connections allowed in all, each is closed when it is released', async () => {
    const t = new PoolTester({ maxIdle: 0 })

    // when one is released
    const [conn] = await t.putIdle('a')

    // then it is closed, and the key is gone
    await t.wantClosed(conn!, 'max-idle')
    expect([...t.pool.keys()]).toEqual([])
  })

  test('47: giving a connection back twice fails, and it is idle once', async () => {
    const t = new PoolTester()
    const want = await lease(t, 'a')
    want.release()

    // when its lease is ended again
    const again = () => want.lease.release()

    // then that throws, and the books are right
    expect(again).toThrow(expect.objectContaining({ code: 'ERR_POOL_LEASE_FINISHED' }))
    t.check()
    expect(t.pool.stats()).toMatchObject({ open: 1, idle: 1 })
  })

  test('47: a connection that a second dial brings again is not pooled twice', async () => {
    const t = new PoolTester()
    const first = await lease(t, 'a')
    const second = t.get('a')

    // when another dial brings the same object
    ;(await t.wantDial('a')).finish(first.lease.conn)
    await t.turn()

    // then that dial has failed, and the holder keeps what it has
    expect(() => second.lease).toThrow()
    await t.wantOpen(first.lease.conn)
    expect(t.pool.stats()).toMatchObject({ open: 1, leased: 1, totals: { failed: 1 } })
  })
})
