import { describe, expect, test } from 'vitest'
import { type FakeConn, PoolTester, type TesterWant } from '../src/testing/index.ts'
import { lease } from './play.ts'

/** One connection with this many leases, and no room for more dials. */
async function shared(
  leases: number,
): Promise<{ t: PoolTester; conn: FakeConn; on: TesterWant[] }> {
  const t = new PoolTester({ maxPerKey: 1 })
  const first = await lease(t, 'a')
  const { conn } = first.lease
  conn.setCapacity(leases)
  const others = Array.from({ length: leases - 1 }, () => t.get('a'))
  for (const want of others) await want.wantGot(conn)
  return { t, conn, on: [first, ...others] }
}

describe('a capacity that changes', () => {
  test('more room goes to those who wait, oldest first, as far as it reaches', async () => {
    const { t, conn } = await shared(1)
    const waiting = [t.get('a'), t.get('a'), t.get('a')]

    // when the connection gets room for two more
    conn.setCapacity(3)

    // then the first two have it
    await waiting[0]!.wantGot(conn)
    await waiting[1]!.wantGot(conn)
    await waiting[2]!.wantWaiting()
  })

  test('capacity lowered below its leases throws nobody off', async () => {
    const { t, conn, on } = await shared(3)
    const waiting = t.get('a')

    // when it is lowered to one, and two of three leases end
    conn.setCapacity(1)
    on[0]!.release()
    on[1]!.release()
    await waiting.wantWaiting()
    on[2]!.release()

    // then only the last one made room
    await waiting.wantGot(conn)
  })

  test.each(['lifo', 'fifo'] as const)(
    'a paused idle one is not handed out (%s)',
    async (order) => {
      const t = new PoolTester({ idleOrder: order })
      const [conn] = await t.putIdle('a')
      conn!.setCapacity(0)

      // when somebody wants one
      const want = t.get('a')

      // then another is dialed, and the paused one stays
      expect(t.pool.tryAcquire('a')).toBeUndefined()
      await want.wantGot((await t.wantDial('a')).finish())
      await t.wantOpen(conn!)
    },
  )

  test('a paused connection that gets room again serves who waits', async () => {
    const { t, conn, on } = await shared(1)
    conn.setCapacity(0)
    on[0]!.release()
    const want = t.get('a')
    await want.wantWaiting()

    // when it is resumed
    conn.setCapacity(1)

    // then the want has it, and the adapter knows that it is used again
    await want.wantGot(conn)
    expect(conn.toldIdle).toBe(false)
  })

  test('a paused idle connection is closed in its time', async () => {
    const t = new PoolTester({ idleTimeoutMs: 1_000 })
    const [conn] = await t.putIdle('a')
    conn!.setCapacity(0)

    // when its idle time is over
    t.advance(1_000)

    // then it goes like any other
    await t.wantClosed(conn!, 'idle-timeout')
  })

  test('a broken connection serves nobody when it gets room again', async () => {
    const { t, conn, on } = await shared(1)
    conn.setCapacity(0)
    on[0]!.release()
    const want = t.get('a')
    conn.broken = true

    // when it is resumed
    conn.setCapacity(1)

    // then it is closed, and the want dials
    await t.wantClosed(conn, 'broken')
    await want.wantGot((await t.wantDial('a')).finish())
  })

  test('a broken connection in use serves nobody when it gets more room', async () => {
    const { t, conn } = await shared(1)
    const want = t.get('a')
    conn.broken = true

    // when its capacity grows
    conn.setCapacity(2)

    // then nobody is put on it
    await want.wantWaiting()
  })

  test('an idle connection that is told its capacity is not looked at, as nobody gets it', async () => {
    const t = new PoolTester()
    const [conn] = await t.putIdle('a')
    conn!.broken = true

    // when it is told, and its trouble passes before somebody wants it
    conn!.setCapacity(1)
    conn!.broken = false

    // then it is as good as any
    await t.get('a').wantGot(conn)
  })

  test('a full connection that gets no more room is not looked at, though wants wait', async () => {
    const { t, conn, on } = await shared(1)
    const want = t.get('a')
    conn.broken = true

    // when it is told the same again, and its trouble passes before it is released
    conn.setCapacity(1)
    conn.broken = false
    on[0]!.release()

    // then the want has it
    await want.wantGot(conn)
  })

  test('a connection over its lifetime serves nobody when it gets more room', async () => {
    const t = new PoolTester({ maxPerKey: 1, maxLifetimeMs: 1_000, lifetimeJitter: 0 })
    const holder = await lease(t, 'a')
    const want = t.get('a')
    t.advance(1_500)

    // when its capacity grows
    holder.lease.conn.setCapacity(2)

    // then nobody is put on it
    await want.wantWaiting()
  })

  test('a fresh connection without room makes it a failed dial', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    const dial = await t.wantDial('a')
    dial.link.setCapacity(0)

    // when the dial succeeds
    const conn = dial.finish()

    // then the want has failed, and the connection is closed
    await want.wantFailed('ERR_POOL_DIAL_CLOSED')
    await t.wantClosed(conn, 'dial-unwanted')
  })

  test.each([
    ['lifo', 2],
    ['fifo', 0],
  ] as const)(
    'being told its capacity changes nothing in the order of idle ones (%s)',
    async (idleOrder, next) => {
      const t = new PoolTester({ idleOrder })
      const conns = await t.putIdle('a', 3)

      // when idle ones are told that they may carry one lease, as before
      conns[0]!.setCapacity(1)
      conns[1]!.setCapacity(1)

      // then they are taken in the order in which they became idle
      await t.get('a').wantGot(conns[next])
    },
  )

  test('being told its capacity does not save the coldest from making room', async () => {
    const t = new PoolTester({ maxIdlePerKey: 2 })
    const held = await lease(t, 'a')
    const [coldest] = await t.putIdle('a', 2)
    coldest!.setCapacity(1)

    // when one too many becomes idle
    held.release()

    // then the coldest goes
    await t.wantClosed(coldest!, 'max-idle-per-key')
  })

  test('a connection that is gone may be told anything', async () => {
    const t = new PoolTester()
    const [conn] = await t.putIdle('a')
    t.pool.closeIdle()

    // when it still reports
    conn!.setCapacity(5)
    conn!.drain()
    conn!.die()

    // then nothing happens
    await t.wantClosed(conn!, 'close-idle')
    expect([...t.pool.keys()]).toEqual([])
  })
})

describe('a connection that drains', () => {
  test('it is closed at once while it is idle', async () => {
    const t = new PoolTester()
    const [conn] = await t.putIdle('a')

    // when it drains
    conn!.drain()

    // then it is gone
    await t.wantClosed(conn!, 'drained')
  })

  test('it gets no new leases, and is closed when the last one ends', async () => {
    const { t, conn, on } = await shared(2)
    const waiting = t.get('a')
    conn.drain()
    on[0]!.release()
    await waiting.wantWaiting()
    await t.wantOpen(conn)

    // when the last lease ends
    on[1]!.release()

    // then it is closed, and the want in line dials
    await t.wantClosed(conn, 'drained')
    await waiting.wantGot((await t.wantDial('a')).finish())
  })

  test('more capacity does not bring it back', async () => {
    const { t, conn } = await shared(1)
    const waiting = t.get('a')
    conn.drain()

    // when it is told more room
    conn.setCapacity(5)

    // then nobody is put on it
    await waiting.wantWaiting()
  })

  test('one that is thrown away by one of its holders serves the others to their end', async () => {
    const { t, conn, on } = await shared(2)

    // when one of two holders throws it away
    on[0]!.discard()
    await t.wantOpen(conn)
    const want = t.get('a')
    await want.wantWaiting()
    on[1]!.release()

    // then it is closed after the other
    await t.wantClosed(conn, 'discarded')
    await want.wantGot((await t.wantDial('a')).finish())
  })
})
