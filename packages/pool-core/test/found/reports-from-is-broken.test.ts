import { expect, test } from 'vitest'
import type { CloseReason } from '../../src/close-reason.ts'
import { FakeAdapter, type FakeConn, PoolTester } from '../../src/testing/index.ts'

/** Does something when it is asked, as an adapter does that notices only then. */
class NoticingAdapter extends FakeAdapter {
  whenAsked: (conn: FakeConn) => void = () => {}
  readonly closed: CloseReason[] = []

  override isBroken(conn: FakeConn): boolean {
    this.whenAsked(conn)
    return conn.broken
  }

  override close(conn: FakeConn, reason: CloseReason): void {
    super.close(conn, reason)
    this.closed.push(reason)
  }
}

test('a fresh connection that is found closed when the pool asks is a failed dial', async () => {
  const adapter = new NoticingAdapter()
  const t = new PoolTester({}, adapter)

  // given a dial, and a peer that is gone when the pool asks for the first time
  const want = t.get('a')
  adapter.whenAsked = (conn) => conn.die()

  // when it brings its connection
  const dial = await t.wantDial('a')
  dial.finish()

  // then nobody gets it, and nobody closes what is gone
  await want.wantFailed('ERR_POOL_DIAL_CLOSED')
  expect(t.pool.stats().open).toBe(0)
  expect(adapter.closed).toEqual([])
})

test('a fresh connection that is drained when the pool asks is a failed dial', async () => {
  const adapter = new NoticingAdapter()
  const t = new PoolTester({}, adapter)

  // given a dial, and a peer that says goodbye when the pool asks for the first time
  const want = t.get('a')
  adapter.whenAsked = (conn) => conn.drain()

  // when it brings its connection
  const dial = await t.wantDial('a')
  dial.finish()

  // then nobody gets it
  await want.wantFailed('ERR_POOL_DIAL_CLOSED')
  expect(adapter.closed).toEqual(['dial-unwanted'])
})

test('a fresh connection that has no room when the pool asks is a failed dial', async () => {
  const adapter = new NoticingAdapter()
  const t = new PoolTester({}, adapter)

  // given a dial, and a peer that allows nothing when the pool asks for the first time
  const want = t.get('a')
  adapter.whenAsked = (conn) => conn.setCapacity(0)

  // when it brings its connection
  const dial = await t.wantDial('a')
  dial.finish()

  // then nobody gets it
  await want.wantFailed('ERR_POOL_DIAL_CLOSED')
})

test('a connection that is found closed when it gets more room serves nobody', async () => {
  const adapter = new NoticingAdapter()
  const t = new PoolTester({ maxPerKey: 1 }, adapter)

  // given one connection, and a want that waits for it
  const holder = t.get('a')
  const conn = (await t.wantDial('a')).finish()
  await holder.wantGot(conn)
  const want = t.get('a')

  // when it gets more room, and its peer is gone when the pool asks
  adapter.whenAsked = () => {
    conn.broken = true
    conn.die()
  }
  conn.setCapacity(2)

  // then the want dials in its place
  adapter.whenAsked = () => {}
  await want.wantGot((await t.wantDial('a')).finish())
  expect(adapter.closed).toEqual([])
})

test('a fresh connection of a pool that is closed when it asks is closed, too', async () => {
  const adapter = new NoticingAdapter()
  const t = new PoolTester({}, adapter)
  const want = t.get('a')
  adapter.whenAsked = () => void t.pool.close()

  // when it brings its connection
  ;(await t.wantDial('a')).finish()

  // then the want has failed with the pool, and the connection is in no book
  await want.wantFailed('ERR_POOL_CLOSED')
  expect(adapter.closed).toEqual(['dial-unwanted'])
  expect(t.pool.stats()).toMatchObject({ open: 0, keys: 0 })
})

test('a fresh connection that goes in the moment in which its pool is closed is not closed', async () => {
  const adapter = new NoticingAdapter()
  const t = new PoolTester({}, adapter)
  const want = t.get('a')
  adapter.whenAsked = (conn) => {
    void t.pool.close()
    conn.die()
  }

  // when it brings its connection
  ;(await t.wantDial('a')).finish()

  // then nobody closes what is gone
  await want.wantFailed('ERR_POOL_CLOSED')
  expect(adapter.closed).toEqual([])
})

test('a connection that is detached when the pool asks is not lent', async () => {
  const adapter = new NoticingAdapter()
  const t = new PoolTester({}, adapter)

  // given a lease on a connection with room for more
  const holder = t.get('a')
  const dial = await t.wantDial('a')
  dial.link.setCapacity(2)
  await holder.wantGot(dial.finish())

  // when its holder takes it away from inside the question that the next lease asks
  adapter.whenAsked = () => {
    adapter.whenAsked = () => {}
    holder.lease.detach()
  }

  // then there is no such lease
  expect(t.pool.tryAcquire('a')).toBeUndefined()
  expect(t.pool.stats()).toMatchObject({ open: 0, leases: 0 })
})

test('a pool closed while it asks about a released connection closes it, and is closed', async () => {
  const adapter = new NoticingAdapter()
  const t = new PoolTester({}, adapter)

  // given a leased connection
  const want = t.get('a')
  await want.wantGot((await t.wantDial('a')).finish())

  // when the pool is closed from inside the question that its release asks
  let isClosed = false
  adapter.whenAsked = () => {
    adapter.whenAsked = () => {}
    void t.pool.close().then(() => {
      isClosed = true
    })
  }
  want.release()
  await t.turn()

  // then nothing is idle in a closed pool
  expect(adapter.closed).toEqual(['pool-closed'])
  expect(isClosed).toBe(true)
  expect(t.clock.pending).toBe(0)
})

test('a pool closed while it asks about a shared connection lends it no more', async () => {
  const adapter = new NoticingAdapter()
  const t = new PoolTester({}, adapter)

  // given a lease on a connection with room for more
  const want = t.get('a')
  const dial = await t.wantDial('a')
  dial.link.setCapacity(2)
  await want.wantGot(dial.finish())

  // when the pool is closed from inside the question that the next lease asks
  adapter.whenAsked = () => {
    adapter.whenAsked = () => {}
    void t.pool.close()
  }

  // then there is no such lease
  expect(t.pool.tryAcquire('a')).toBeUndefined()
})

test('a pool closed by a callback of its timer arms no timer again', async () => {
  const t = new PoolTester({ maxLifetimeMs: 1_000, lifetimeJitter: 0 })

  // given a leased connection that was idle before, and a want that will time out
  await t.putIdle('a')
  const lease = t.pool.tryAcquire('a')
  t.pool.want('b', () => t.pool.close(), { timeoutMs: 10 })

  // when that callback closes the pool
  t.advance(10)

  // then nothing is waited for
  expect(t.clock.pending).toBe(0)
  lease?.release()
  await t.turn()
})
