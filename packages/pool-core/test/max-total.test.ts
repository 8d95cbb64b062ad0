import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'
import { lease } from './play.ts'

describe('the limit over all keys', () => {
  test('at the limit the coldest idle connection of another key makes room', async () => {
    const t = new PoolTester({ maxTotal: 2 })
    const [coldest] = await t.putIdle('a')
    const [warm] = await t.putIdle('b')

    // when a third key wants one
    const want = t.get('c')

    // then the coldest is closed, and the want dials
    await t.wantClosed(coldest!, 'evicted')
    await t.wantIdle('b', warm!)
    await want.wantGot((await t.wantDial('c')).finish())
  })

  test('with nothing idle a want waits for a place', async () => {
    const t = new PoolTester({ maxTotal: 2 })
    const held = [await lease(t, 'a'), await lease(t, 'b')]

    // when a third key wants one
    const want = t.get('c')

    // then nothing is closed for it
    await want.wantWaiting()
    await t.wantNoDial()
    await t.wantOpen(...held.map((it) => it.lease.conn))
  })

  test('dials in flight count', async () => {
    const t = new PoolTester({ maxTotal: 2 })
    t.get('a')
    t.get('b')

    // when a third key wants one
    t.get('c')

    // then it has to wait
    expect(t.pool.stats()).toMatchObject({ dialing: 2, waiting: 3 })
  })

  test.each<[string, (t: PoolTester) => Promise<unknown>]>([
    ['thrown away', async (t) => (await lease(t, 'a')).discard()],
    ['detached', async (t) => (await lease(t, 'a')).detach()],
    ['lost', async (t) => (await lease(t, 'a')).lease.conn.die()],
    ['drained', async (t) => (await t.putIdle('a'))[0]!.drain()],
  ])('a place left by a connection that is %s goes to another key', async (_, leave) => {
    const t = new PoolTester({ maxTotal: 1 })

    // when the only connection goes
    await leave(t)

    // then another key may dial
    t.get('b')
    await t.wantDial('b')
  })

  test('the oldest want over all keys gets the place that becomes free', async () => {
    const t = new PoolTester({ maxTotal: 1 })
    const held = await lease(t, 'a')
    const wants = [t.get('b'), t.get('c'), t.get('a')]

    // when places become free, one after the other
    held.discard()
    for (const want of wants) {
      const conn = (await t.wantDial(want.target)).finish()

      // then the next oldest dials, whatever its key
      await want.wantGot(conn)
      want.discard()
    }
  })

  test('the place of a failed dial goes to the oldest want over all keys', async () => {
    const t = new PoolTester({ maxTotal: 1 })
    const failing = t.get('a')
    const oldest = t.get('b')
    t.get('a')

    // when the dial fails
    ;(await t.wantDial('a')).fail('no route')

    // then the other key has its turn
    await failing.wantFailed({ error: 'no route' })
    await oldest.wantGot((await t.wantDial('b')).finish())
    await t.wantNoDial()
  })

  test('a connection released with nobody of its key waiting makes room for another key', async () => {
    const t = new PoolTester({ maxTotal: 1 })
    const held = await lease(t, 'a')
    const want = t.get('b')

    // when it is released
    held.release()

    // then it does not go idle
    await t.wantClosed(held.lease.conn, 'evicted')
    await want.wantGot((await t.wantDial('b')).finish())
  })

  test('a late connection that nobody of its key waits for makes room for another key', async () => {
    const t = new PoolTester({ maxTotal: 1 })
    t.get('a').cancel()
    const dial = await t.wantDial('a')
    const want = t.get('b')
    await t.wantNoDial()

    // when the late dial succeeds
    const conn = dial.finish()

    // then its connection leaves its place
    await t.wantClosed(conn, 'evicted')
    await want.wantGot((await t.wantDial('b')).finish())
  })

  test('a canceled want of another key evicts nothing', async () => {
    const t = new PoolTester({ maxTotal: 1 })
    const held = await lease(t, 'a')
    t.get('b').cancel()

    // when the connection is released
    held.release()

    // then it goes idle
    await t.wantIdle('a', held.lease.conn)
  })

  test('a key at its own limit takes no place from another', async () => {
    const t = new PoolTester({ maxTotal: 2, maxPerKey: 1 })
    await lease(t, 'a')
    const [idle] = await t.putIdle('b')

    // when the first key wants a second one
    const want = t.get('a')

    // then it waits, and the idle one of the other key stays
    await want.wantWaiting()
    await t.wantIdle('b', idle!)
  })

  test('a canceled want does not keep its key’s place among the others', async () => {
    const t = new PoolTester({ maxTotal: 1 })
    const held = await lease(t, 'a')
    const canceled = t.get('b')
    const oldest = t.get('c')
    t.get('b')
    canceled.cancel()

    // when a place becomes free
    held.discard()

    // then it goes to the oldest of those who still wait
    await oldest.wantGot((await t.wantDial('c')).finish())
    await t.wantNoDial()
  })

  test('a want served within its key does not keep its key’s place among the others', async () => {
    const t = new PoolTester({ maxTotal: 2 })
    const [held, elsewhere] = [await lease(t, 'a'), await lease(t, 'b')]
    const served = t.get('b')
    const oldest = t.get('c')
    t.get('b')
    elsewhere.release()
    await served.wantGot(elsewhere.lease.conn)

    // when a place becomes free
    held.discard()

    // then it goes to the oldest of those who still wait
    await oldest.wantGot((await t.wantDial('c')).finish())
    await t.wantNoDial()
  })
})
