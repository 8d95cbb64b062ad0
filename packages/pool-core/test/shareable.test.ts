import { describe, expect, test } from 'vitest'
import type { PoolTester, TesterWant } from '../src/testing/index.ts'
import { lease, recorder, sharing } from './play.ts'

/** One connection with this capacity, and this many leases on it. */
async function share(t: PoolTester, capacity: number, leases: number): Promise<TesterWant[]> {
  const first = await lease(t, 'a')
  first.lease.conn.setCapacity(capacity)
  const others = Array.from({ length: leases - 1 }, () => t.get('a'))
  for (const want of others) await want.wantGot(first.lease.conn)
  return [first, ...others]
}

describe('a shareable connection', () => {
  test('108: one that is leased and has room is still there for others', async () => {
    const t = sharing(3)
    const [first] = await share(t, 3, 1)

    // when another wants one
    const second = t.get('a')

    // then both share it
    await second.wantGot(first!.lease.conn)
    await t.wantNoDial()
  })

  test('109: a release while others hold leases on it frees room, and does not make it idle', async () => {
    const { trace, hooks } = recorder()
    const t = sharing(2, { trace })
    const [first, second] = await share(t, 2, 2)

    // when one of two leases ends, and then the other
    first!.release()
    const early = hooks().includes('putIdle')
    second!.release()

    // then it is idle once, after the last
    expect(early).toBe(false)
    await t.wantIdle('a', first!.lease.conn)
    expect(hooks().filter((hook) => hook === 'putIdle')).toHaveLength(1)
  })

  test('110: a fresh one is handed to all who wait, oldest first, as far as it has room', async () => {
    const t = sharing(3)
    const wants = Array.from({ length: 4 }, () => t.get('a'))
    const dial = await t.wantDial('a')
    dial.link.setCapacity(3)

    // when it comes
    const conn = dial.finish()

    // then three share it, and the fourth waits for its own dial
    for (const want of wants.slice(0, 3)) await want.wantGot(conn)
    await wants[3]!.wantWaiting()
    expect(t.pool.stats('a')).toMatchObject({ leased: 1, leases: 3, idle: 0, dialing: 1 })
  })

  test('111: a dial serves its own want first, and then the line', async () => {
    const t = sharing(1, { maxPerKey: 2 })
    const holder = await lease(t, 'a')
    const oldest = t.get('a')
    const dial = await t.wantDial('a')
    const own = t.get('a')
    const youngest = t.get('a')
    holder.discard()
    const ownDial = await t.wantDial('a')

    // when the dial of the second in line comes first, with room for two
    ownDial.link.setCapacity(2)
    const conn = ownDial.finish()

    // then it serves that want, and then the oldest
    await own.wantGot(conn)
    await oldest.wantGot(conn)
    await youngest.wantWaiting()
    expect(dial.aborted).toBe(false)
  })

  test('114: of several with room, the least loaded is taken', async () => {
    const t = sharing(1)
    const [left, right] = [await lease(t, 'a'), await lease(t, 'a')]
    for (const { lease } of [left, right]) lease.conn.setCapacity(3)
    const third = await t.get('a').wantGot()

    // when a fourth is wanted, with two leases on one and one on the other
    const fourth = await t.get('a').wantGot()

    // then each has two; and after a release, the one with fewer is next
    expect(fourth.conn).not.toBe(third.conn)
    left.release()
    await t.get('a').wantGot(left.lease.conn)
  })

  test('115: with all of them full another is dialed', async () => {
    const t = sharing(2)
    const [first] = await share(t, 2, 2)

    // when a third wants one
    const third = t.get('a')

    // then it does not have to wait for the others
    const conn = (await t.wantDial('a')).finish()
    await third.wantGot(conn)
    expect(conn).not.toBe(first!.lease.conn)
  })

  test('118, 119: as many connections are open as were dialed, each in one place', async () => {
    const t = sharing(4, { maxPerKey: 8 })
    for (let i = 0; i < 8; i++) t.get('a')
    const dials = [await t.wantDial('a'), await t.wantDial('a')]

    // when all that was dialed comes
    for (const dial of dials) {
      dial.link.setCapacity(4)
      dial.finish()
    }
    await t.turn()

    // then there is one record of each
    await t.wantNoDial()
    expect(t.pool.stats('a')).toMatchObject({ open: 2, leased: 2, leases: 8, waiting: 0 })
  })

  test('120: with reuse off a shareable connection is counted, and serves one lease', async () => {
    const t = sharing(4, { reuse: false, maxPerKey: 1 })
    const first = t.get('a')
    const second = t.get('a')
    const dial = await t.wantDial('a')
    dial.link.setCapacity(4)
    await first.wantGot(dial.finish())

    // when it is leased
    const { open, leases, waiting } = t.pool.stats('a')

    // then it has its place, and the other want waits for one of its own
    expect({ open, leases, waiting }).toEqual({ open: 1, leases: 1, waiting: 1 })
    first.release()
    await second.wantGot((await t.wantDial('a')).finish())
  })

  test.each([
    ['an idle one that is shareable too carries less', 2, 'idle'],
    ['an idle exclusive one is kept for when no other has room', 1, 'shared'],
  ] as const)('a want takes the one with the least to carry: %s', async (_, capacity, taken) => {
    const t = sharing(1)
    const [shared, other] = [await lease(t, 'a'), await lease(t, 'a')]
    shared.lease.conn.setCapacity(2)
    other.lease.conn.setCapacity(capacity)
    other.release()

    // when somebody wants one
    const want = t.get('a')

    // then it gets that one
    await want.wantGot({ idle: other, shared }[taken].lease.conn)
  })

  test('with reuse off each want has a dial of its own, whatever room is expected', async () => {
    const t = sharing(4, { reuse: false })

    // when two wants are stated
    t.get('a')
    t.get('a')

    // then both dial
    expect(t.pool.stats('a')).toMatchObject({ dialing: 2, waiting: 2 })
  })

  test('one that is in use is shared on, though its idle time would be over by now', async () => {
    const t = sharing(4, { idleTimeoutMs: 1_000 })
    const [first] = await share(t, 4, 1)
    first!.release()
    const again = t.get('a')
    await again.wantGot(first!.lease.conn)
    t.advance(5_000)

    // when another wants one
    const other = t.get('a')

    // then it has the same
    await other.wantGot(first!.lease.conn)
  })

  test('120: closing an idle shareable connection closes the connection itself', async () => {
    const t = sharing(4)
    const [first] = await share(t, 4, 1)
    first!.release()

    // when idle ones are closed
    expect(t.pool.closeIdle()).toBe(1)

    // then the adapter has closed it
    await t.wantClosed(first!.lease.conn, 'close-idle')
  })

  test('119, 121: a busy shareable connection is never idle, so it is not what makes room', async () => {
    const t = sharing(4, { maxIdle: 1, idleTimeoutMs: 1_000 })
    const [first] = await share(t, 4, 1)
    t.adapter.capacity = 1
    t.advance(5_000)

    // when other connections become idle, one too many
    const [cold] = await t.putIdle('b')
    await t.putIdle('c')

    // then one of those goes
    await t.wantOpen(first!.lease.conn)
    await t.wantClosed(cold!, 'max-idle')
  })

  test('121: any use of a shareable connection counts for its idle age', async () => {
    const t = sharing(4, { idleTimeoutMs: 1_000 })
    const [first] = await share(t, 4, 1)
    first!.release()
    t.advance(800)
    const again = t.get('a')
    await again.wantGot()
    again.release()

    // when its first idle time would be over
    t.advance(800)

    // then it is still there, until a second has passed since its last use
    await t.wantIdle('a', first!.lease.conn)
    t.advance(200)
    await t.wantClosed(first!.lease.conn, 'idle-timeout')
  })

  test('122: one that dies is forgotten at once, leases and all', async () => {
    const t = sharing(4)
    const wants = await share(t, 4, 3)

    // when it dies with three leases out
    wants[0]!.lease.conn.die()

    // then nothing of it is left, and ending the leases does nothing more
    expect([...t.pool.keys()]).toEqual([])
    for (const want of wants) want.release()
    expect(t.pool.stats()).toMatchObject({ open: 0, leases: 0, leased: 0 })
  })

  test('123: a broken one gets no new leases, and is closed after its last', async () => {
    const t = sharing(4)
    const [first] = await share(t, 4, 1)
    first!.lease.conn.broken = true

    // when another wants one
    const second = t.get('a')

    // then that dials, and the broken one goes with its last lease
    await second.wantGot((await t.wantDial('a')).finish())
    await t.wantOpen(first!.lease.conn)
    first!.release()
    await t.wantClosed(first!.lease.conn, 'broken')
  })
})
