import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'
import { lease } from './play.ts'

describe('maxUses', () => {
  test('a connection is closed after as many leases', async () => {
    const t = new PoolTester({ maxUses: 2 })
    const [conn] = await t.putIdle('a')
    const second = t.get('a')
    await second.wantGot(conn)

    // when its second lease ends
    second.release()

    // then it is not kept
    await t.wantClosed(conn!, 'max-uses')
  })

  test('a connection used up is not handed to who waits, but its place is', async () => {
    const t = new PoolTester({ maxUses: 1, maxPerKey: 1 })
    const first = await lease(t, 'a')
    const second = t.get('a')

    // when the first lease ends
    first.release()

    // then the second want dials
    await t.wantClosed(first.lease.conn, 'max-uses')
    await second.wantGot((await t.wantDial('a')).finish())
  })

  test('leases at the same time count one each', async () => {
    const t = new PoolTester({ maxUses: 3 })
    const first = await lease(t, 'a')
    const { conn } = first.lease
    conn.setCapacity(10)
    const others = [t.get('a'), t.get('a')]
    for (const want of others) await want.wantGot(conn)

    // when a fourth is wanted
    const fourth = t.get('a')

    // then it needs another connection, and the first goes with its last lease
    await fourth.wantGot((await t.wantDial('a')).finish())
    for (const want of [first, ...others]) {
      await t.wantOpen(conn)
      want.release()
    }
    await t.wantClosed(conn, 'max-uses')
  })
})

describe('maxLifetimeMs', () => {
  const options = { maxLifetimeMs: 10_000, lifetimeJitter: 0 }

  test('a connection over its lifetime is closed when it is released', async () => {
    const t = new PoolTester(options)
    const want = await lease(t, 'a')
    t.advance(10_000)
    await t.wantOpen(want.lease.conn)

    // when its lease ends
    want.release()

    // then it is not kept
    await t.wantClosed(want.lease.conn, 'lifetime')
  })

  test('a connection over its lifetime is not handed to who waits', async () => {
    const t = new PoolTester({ ...options, maxPerKey: 1 })
    const first = await lease(t, 'a')
    const second = t.get('a')
    t.advance(10_000)

    // when it is released
    first.release()

    // then the second want dials
    await t.wantClosed(first.lease.conn, 'lifetime')
    await second.wantGot((await t.wantDial('a')).finish())
  })

  test('an idle connection over its lifetime is not taken', async () => {
    const t = new PoolTester(options)
    const [conn] = await t.putIdle('a')

    // when its time has passed unseen, and somebody wants one
    t.clock.jump(10_000)
    const want = t.get('a')

    // then another is dialed
    await t.wantClosed(conn!, 'lifetime')
    await want.wantGot((await t.wantDial('a')).finish())
  })

  test('use does not lengthen it', async () => {
    const t = new PoolTester(options)
    const [conn] = await t.putIdle('a')
    t.advance(9_000)
    const want = t.get('a')
    await want.wantGot(conn)
    want.release()

    // when its time is over
    t.advance(1_000)
    const next = t.get('a')

    // then it is closed, and the next want dials
    await t.wantClosed(conn!, 'lifetime')
    await next.wantGot((await t.wantDial('a')).finish())
  })

  test('it counts from the end of the dial', async () => {
    const t = new PoolTester(options)
    const want = t.get('a')
    const dial = await t.wantDial('a')
    t.advance(5_000)
    await want.wantGot(dial.finish())
    t.advance(9_999)

    // when it is released before that time is over
    want.release()

    // then it is kept
    await t.wantIdle('a', want.lease.conn)
  })

  test('a shareable one over its lifetime gets no new leases, and goes with its last', async () => {
    const t = new PoolTester(options)
    const first = await lease(t, 'a')
    first.lease.conn.setCapacity(5)
    await t.get('a').wantGot()
    t.advance(10_000)

    // when another is wanted
    const late = t.get('a')

    // then it needs another connection
    await late.wantGot((await t.wantDial('a')).finish())
    await t.wantOpen(first.lease.conn)
  })
})

describe('lifetimeJitter', () => {
  test('it shortens the lifetime by its share of what random says', async () => {
    const t = new PoolTester({ maxLifetimeMs: 10_000, lifetimeJitter: 0.2, random: () => 0.5 })
    const [kept] = await t.putIdle('a')
    t.advance(8_999)
    await t.wantIdle('a', kept!)

    // when 10,000 × (1 - 0.2 × 0.5) ms have passed
    t.advance(1)

    // then the time is over
    expect(t.pool.tryAcquire('a')).toBeUndefined()
    await t.wantClosed(kept!, 'lifetime')
  })

  test('it is a tenth unless given', async () => {
    const t = new PoolTester({ maxLifetimeMs: 10_000, random: () => 1 })
    const [conn] = await t.putIdle('a')

    // when nine tenths have passed
    t.advance(9_000)

    // then the time is over
    expect(t.pool.tryAcquire('a')).toBeUndefined()
    await t.wantClosed(conn!, 'lifetime')
  })

  test('without a lifetime nothing is drawn', async () => {
    let drawn = 0
    const t = new PoolTester({ random: () => drawn++ })

    // when connections open
    await t.putIdle('a', 2)

    // then nobody has asked for chance
    expect(drawn).toBe(0)
  })

  test('each connection draws once, however often it is looked at', async () => {
    const draws = [0.5, 0.1]
    let drawn = 0
    const random = () => draws[drawn++] ?? expect.unreachable()
    const t = new PoolTester({ maxLifetimeMs: 10_000, lifetimeJitter: 1, random })
    const [first] = await t.putIdle('a')
    const [second] = await t.putIdle('b')

    // when both are used again and again
    for (let ms = 0; ms < 4_000; ms += 1_000) {
      for (const key of ['a', 'b']) t.pool.tryAcquire(key)?.release()
      t.advance(1_000)
    }

    // then each still has the life it drew
    expect(drawn).toBe(2)
    t.advance(1_000)
    expect(t.pool.tryAcquire('a')).toBeUndefined()
    await t.wantClosed(first!, 'lifetime')
    await t.wantOpen(second!)
  })
})

describe('idleOrder', () => {
  test.each([
    ['lifo', [2, 1, 0]],
    ['fifo', [0, 1, 2]],
  ] as const)('%s', async (idleOrder, order) => {
    const t = new PoolTester({ idleOrder })
    const conns = await t.putIdle('a', 3)

    // when three are wanted
    const taken = [1, 2, 3].map(() => t.pool.tryAcquire('a')?.conn)

    // then they come in that order
    expect(taken).toEqual(order.map((place) => conns[place]))
  })

  test('with fifo the coldest makes room all the same', async () => {
    const t = new PoolTester({ idleOrder: 'fifo', maxIdlePerKey: 2 })

    // when one too many becomes idle
    const [coldest] = await t.putIdle('a', 3)

    // then the coldest goes
    await t.wantClosed(coldest!, 'max-idle-per-key')
  })
})
