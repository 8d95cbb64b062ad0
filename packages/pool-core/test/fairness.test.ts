import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'
import { lease } from './play.ts'

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

  test('a drained connection that is told of more room takes nobody’s turn', async () => {
    const t = new PoolTester({ maxTotal: 1, fairAfterMs: 1_000 })
    const held = await lease(t, 'a')
    const [oldest, other] = [t.get('a'), t.get('b')]
    t.advance(1_001)
    held.lease.conn.drain()

    // when it is told, as if it could hand something over, and is then released
    held.lease.conn.setCapacity(2)
    held.release()

    // then its place goes to the oldest want
    await oldest.wantGot((await t.wantDial('a')).finish())
    await other.wantWaiting()
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

  test('how long a canceled want was held back does not count for the next', async () => {
    const t = new PoolTester({ maxTotal: 1, fairAfterMs: 1_000 })
    const held = await lease(t, 'a')
    const canceled = t.get('b')
    const own = t.get('a')
    t.advance(900)
    const other = t.get('b')
    canceled.cancel()
    t.advance(1_000)

    // when the connection is released after what would have been too long for the first
    held.release()

    // then it is handed over within its key
    await own.wantGot(held.lease.conn)
    await other.wantWaiting()
  })

  test('a key whose oldest want was canceled does not hide one that was held back for longer', async () => {
    const t = new PoolTester({ maxTotal: 1, fairAfterMs: 1_000 })
    const held = await lease(t, 'a')
    const canceled = t.get('b')
    t.advance(500)
    const [longest, own] = [t.get('c'), t.get('a')]
    t.advance(400)
    const other = t.get('b')
    canceled.cancel()
    t.advance(700)

    // when the connection is released
    held.release()

    // then the place is for the want that has waited for 1,100 ms, not for one that has for 700
    await t.wantClosed(held.lease.conn, 'evicted')
    await longest.wantGot((await t.wantDial('c')).finish())
    await own.wantWaiting()
    await other.wantWaiting()
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
