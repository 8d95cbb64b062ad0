import { describe, expect, test, vi } from 'vitest'
import { FakeAdapter, PoolTester } from '../src/testing/index.ts'
import { lease, recorder } from './play.ts'

describe('close', () => {
  test('150, 156: it is final: who waits fails, dials are aborted, idle ones closed', async () => {
    const t = new PoolTester({ maxPerKey: 2 })
    const [idle] = await t.putIdle('b')
    const dialing = t.get('a')
    const dial = await t.wantDial('a')

    // when the pool is closed
    await t.pool.close()

    // then nothing is left
    await dialing.wantFailed('ERR_POOL_CLOSED')
    expect(dial.aborted).toBe(true)
    await t.wantClosed(idle!, 'pool-closed')
    expect([...t.pool.keys()]).toEqual([])
  })

  test('156: it resolves when the last lease has ended, and closes each as it ends', async () => {
    const t = new PoolTester()
    const [first, last] = [await lease(t, 'a'), await lease(t, 'b')]
    let closed = false
    const closing = t.pool.close().then(() => {
      closed = true
    })

    // when the leases end, one after the other
    first.release()
    await t.wantClosed(first.lease.conn, 'pool-closed')
    expect(closed).toBe(false)
    last.release()

    // then the pool is closed with the last
    await closing
    await t.wantClosed(last.lease.conn, 'pool-closed')
  })

  test('156: a second close is the first', async () => {
    const t = new PoolTester()

    // when it is closed twice
    const [first, second] = [t.pool.close(), t.pool.close()]

    // then both are one promise
    expect(second).toBe(first)
    await first
  })

  test('156: a closed pool shares no connection on, though nobody asks if it is broken', async () => {
    const adapter = Object.assign(new FakeAdapter(), { isBroken: undefined })
    const t = new PoolTester({}, adapter as unknown as FakeAdapter)
    const held = await lease(t, 'a')
    held.lease.conn.setCapacity(2)

    // when the pool is closed while it has room
    void t.pool.close()

    // then there is nothing to try
    expect(t.pool.tryAcquire('a')).toBeUndefined()
  })

  test('a connection that is on its way out is not asked whether it is broken when it is given back', async () => {
    const t = new PoolTester()
    const held = await lease(t, 'a')
    const asked = vi.spyOn(t.adapter, 'isBroken')
    held.lease.conn.drain()

    // when its last lease ends
    held.release()

    // then it is closed for the reason it had, and nobody was asked
    expect(asked).not.toHaveBeenCalled()
    expect(t.pool.stats().totals.closed).toMatchObject({ drained: 1, broken: 0 })
  })

  test('156: a closed pool refuses wants, and has nothing to try', async () => {
    const t = new PoolTester()
    await t.putIdle('a')
    await t.pool.close()

    // when somebody wants a connection, in any way
    const want = t.get('a')
    const acquired = t.pool.acquire('a')

    // then each is refused, and nothing is dialed
    await want.wantFailed('ERR_POOL_CLOSED')
    await expect(acquired).rejects.toMatchObject({ code: 'ERR_POOL_CLOSED', key: 'a' })
    expect(t.pool.tryAcquire('a')).toBeUndefined()
    await t.wantNoDial()
    expect(t.pool.stats().totals).toMatchObject({ refused: 2, dials: 1 })
  })

  test('156: wants that fail with the pool count as failed', async () => {
    const t = new PoolTester()
    t.get('a')

    // when the pool is closed
    await t.pool.close()

    // then its books tell
    expect(t.pool.stats().totals).toMatchObject({ failed: 1, refused: 0, canceled: 0 })
  })

  test('156: a connection that comes after the end is closed', async () => {
    const t = new PoolTester()
    t.get('a')
    const dial = await t.wantDial('a')
    await t.pool.close()

    // when its dial succeeds all the same
    const conn = dial.finish()

    // then it is closed, and in no book
    await t.wantClosed(conn, 'dial-unwanted')
    expect(t.pool.stats()).toMatchObject({ open: 0, totals: { opened: 0 } })
  })

  test('156: it resolves when the last connection is detached or dies, too', async () => {
    const t = new PoolTester()
    const [one, other] = [await lease(t, 'a'), await lease(t, 'a')]
    const closing = t.pool.close()

    // when one is taken away, and the other dies
    one.detach()
    other.lease.conn.die()

    // then the pool is closed
    await closing
    expect(one.lease.conn.closedFor).toBeUndefined()
  })

  test('165: a closed pool leaves no timer armed', async () => {
    const t = new PoolTester({ acquireTimeoutMs: 500 })
    await t.putIdle('a')
    t.get('b')
    expect(t.clock.pending).toBe(1)

    // when it is closed
    await t.pool.close()

    // then nothing is to come
    expect(t.clock.pending).toBe(0)
  })

  test('a pool may be closed by `await using`', async () => {
    const t = new PoolTester()
    const [conn] = await t.putIdle('a')

    // when its scope ends
    await t.pool[Symbol.asyncDispose]()

    // then it is closed
    await t.wantClosed(conn!, 'pool-closed')
    await t.get('a').wantFailed('ERR_POOL_CLOSED')
  })
})

describe('destroy', () => {
  test('156: it fails who waits with its error, and closes leased connections', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace, maxPerKey: 1 })
    const held = await lease(t, 'a')
    const want = t.get('a')
    const error = new Error('out of memory')

    // when the pool is destroyed
    t.pool.destroy(error)

    // then all ends with that
    await want.wantFailed({ error })
    await t.wantClosed(held.lease.conn, 'pool-closed')
    const event = { key: 'a', conn: held.lease.conn, reason: 'pool-closed', error }
    expect(seen).toContainEqual({ hook: 'connClosed', event })
    expect(t.pool.stats()).toMatchObject({ open: 0, leases: 0, keys: 0 })
  })

  test('156: without an error, wants fail as with close', async () => {
    const t = new PoolTester()
    const want = t.get('a')

    // when the pool is destroyed
    t.pool.destroy()

    // then the want has failed
    await want.wantFailed('ERR_POOL_CLOSED')
  })

  test('156: ending the lease of a destroyed connection does nothing', async () => {
    const t = new PoolTester()
    const [one, other] = [await lease(t, 'a'), await lease(t, 'a')]
    t.pool.destroy()

    // when the leases end
    one.release()
    other.discard()

    // then each connection was closed once, and the books are right
    await t.wantClosed(one.lease.conn, 'pool-closed')
    expect(t.pool.stats().totals.closed).toMatchObject({ 'pool-closed': 2, discarded: 0 })
  })

  test('156: after close it takes leased connections down, and the closing is over', async () => {
    const t = new PoolTester()
    const held = await lease(t, 'a')
    const closing = t.pool.close()

    // when patience is at an end
    t.pool.destroy()

    // then nothing is open
    await closing
    await t.wantClosed(held.lease.conn, 'pool-closed')
  })

  test('156: close after destroy resolves', async () => {
    const t = new PoolTester()
    await lease(t, 'a')
    t.pool.destroy()

    // when it is closed, too
    const closing = t.pool.close()

    // then there is nothing to wait for
    await closing
  })
})
