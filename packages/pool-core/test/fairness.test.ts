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
})

describe('fairness between keys', () => {
  /** One connection in all, leased to `a`; one want of `a` and one of `b` wait. */
  async function contest() {
    const t = new PoolTester({ maxTotal: 1, fairAfterMs: 1_000 })
    const held = await lease(t, 'a')
    return { t, held, other: t.get('b'), own: t.get('a') }
  }

  test('a hand-over within a key goes first', async () => {
    const { t, held, other, own } = await contest()
    t.advance(1_000)

    // when the connection is released no later than fairAfterMs
    held.release()

    // then the want of the same key has it, though it is younger
    await own.wantGot(held.lease.conn)
    await other.wantWaiting()
  })

  test('but not past a want of another key that was held back for longer', async () => {
    const { t, held, other, own } = await contest()
    t.advance(1_001)

    // when the connection is released after that
    held.release()

    // then it is closed, and the want of the other key dials
    await t.wantClosed(held.lease.conn, 'evicted')
    await other.wantGot((await t.wantDial('b')).finish())
    await own.wantWaiting()
  })

  test('the default patience is a second', async () => {
    const t = new PoolTester({ maxTotal: 1 })
    const held = await lease(t, 'a')
    const [other, own] = [t.get('b'), t.get('a')]
    t.advance(1_001)

    // when the connection is released
    held.release()

    // then it is the other key’s turn
    await other.wantGot((await t.wantDial('b')).finish())
    await own.wantWaiting()
  })

  test('a want that its own key’s limit held back waits for its own key', async () => {
    const t = new PoolTester({ maxTotal: 2, maxPerKey: 1, fairAfterMs: 1_000 })
    const held = await lease(t, 'a')
    const elsewhere = await lease(t, 'b')
    const [other, own] = [t.get('b'), t.get('a')]
    t.advance(5_000)

    // when a connection of the first key is released
    held.release()

    // then it is handed over as ever
    await own.wantGot(held.lease.conn)
    await other.wantWaiting()
    elsewhere.release()
    await other.wantGot(elsewhere.lease.conn)
  })

  test('a key held back gets one place, and then its time starts again', async () => {
    const t = new PoolTester({ maxTotal: 2, fairAfterMs: 1_000 })
    const held = [await lease(t, 'a'), await lease(t, 'a')]
    const others = [t.get('b'), t.get('b')]
    const own = [t.get('a'), t.get('a')]
    t.advance(1_001)

    // when both connections of the other key are released
    for (const it of held) it.release()

    // then one is closed for it, and the other handed over
    await t.wantClosed(held[0]!.lease.conn, 'evicted')
    await own[0]!.wantGot(held[1]!.lease.conn)
    await others[0]!.wantGot((await t.wantDial('b')).finish())
    await others[1]!.wantWaiting()
  })

  test('a busy shareable connection does not starve another key', async () => {
    const t = new PoolTester({ maxTotal: 1, fairAfterMs: 1_000 })
    let held = await lease(t, 'a')
    const { conn } = held.lease
    conn.setCapacity(2)
    const starving = t.get('b')

    // when its leases overlap for ever
    for (let i = 0; i < 20; i++) {
      t.advance(100)
      const next = t.get('a')
      await t.turn()
      held.release()
      if (next.want.waiting) break
      held = next
    }

    // then it gets no new ones in the end, and the other key dials
    await t.wantClosed(conn, 'evicted')
    await starving.wantGot((await t.wantDial('b')).finish())
  })

  test('keys that contend for one place take turns', async () => {
    const t = new PoolTester({ maxTotal: 1, fairAfterMs: 1_000 })
    const turns: string[] = []
    const work = (key: string) => {
      t.pool.want(key, (_, got) => {
        if (turns.at(-1) !== key) turns.push(key)
        t.clock.setTimeout(() => {
          work(key)
          got?.release()
        }, 100)
      })
    }
    for (const key of ['a', 'a', 'b', 'b']) work(key)

    // when each wants again what it has released, for ten seconds
    for (let i = 0; i < 100; i++) {
      for (const dial of t.adapter.dials) if (!dial.settled && !dial.aborted) dial.finish()
      for (let turn = 0; turn < 8; turn++) await undefined
      t.clock.advance(100)
    }

    // then neither key kept the place for itself
    expect(turns.length).toBeGreaterThan(6)
    expect(turns.length).toBeLessThan(14)
  })

  test('a key that has just been given a place keeps it for as long', async () => {
    const t = new PoolTester({ maxTotal: 1, fairAfterMs: 1_000 })
    const held = await lease(t, 'a')
    const other = t.get('b')
    t.advance(1_001)
    const own = t.get('a')
    held.release()
    await other.wantGot((await t.wantDial('b')).finish())
    const more = t.get('b')

    // when its connection is released a second after the first key was held back
    t.advance(1_000)
    other.release()

    // then it is still handed over within its key
    await more.wantGot(other.lease.conn)
    await own.wantWaiting()
  })
})
