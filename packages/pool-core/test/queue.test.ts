import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'
import { lease } from './play.ts'

describe('the line of a key', () => {
  test('66: wants leave the line in the order in which they joined it', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const served: number[] = []
    for (let i = 0; i < 5; i++) {
      t.pool.want('a', (_, got) => {
        served.push(i)
        got?.release()
      })
    }

    // when one connection goes through the line
    holder.release()
    await t.turn()

    // then the oldest was first
    expect(served).toEqual([0, 1, 2, 3, 4])
    expect(t.pool.stats('a')).toMatchObject({ waiting: 0, idle: 1 })
  })

  test('66, 163: a line that has emptied can be joined again', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const first = t.get('a')
    first.cancel()
    expect(t.pool.stats('a').waiting).toBe(0)

    // when somebody else joins it, and the connection comes back
    const second = t.get('a')
    holder.release()

    // then that one is served
    await second.wantGot(holder.lease.conn)
  })

  test('67: wants leave from the front, the middle and the end, and the rest keep their order', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const wants = Array.from({ length: 5 }, () => t.get('a'))

    // when the first, the third and the last are canceled
    for (const place of [2, 0, 4]) wants[place]!.cancel()
    holder.release()

    // then the second is next, and then the fourth
    await wants[1]!.wantGot(holder.lease.conn)
    wants[1]!.release()
    await wants[3]!.wantGot(holder.lease.conn)
  })

  test('162: a want that has left the line refers to no other', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    await lease(t, 'a')
    const wants = [t.get('a'), t.get('a'), t.get('a')]

    // when the one in the middle is canceled
    wants[1]!.cancel()

    // then nothing of its own leads to the others, nor from them to it
    const [before, gone, after] = wants.map(({ want }) => Object.values(want))
    const all = wants.map(({ want }) => want)
    expect(gone!.some((value) => all.includes(value))).toBe(false)
    expect([...before!, ...after!]).not.toContain(wants[1]!.want)
  })

  test('69: a released connection goes to the oldest that waits, past canceled and failed ones', async () => {
    const t = new PoolTester({ maxPerKey: 3 })
    const holder = await lease(t, 'a')
    const canceled = t.get('a')
    const failed = t.get('a')
    const oldest = t.get('a')
    const youngest = t.get('a')

    // when the first gives up, the dial of the second fails, and a connection comes back
    canceled.cancel()
    await t.wantDial('a')
    ;(await t.wantDial('a')).fail('no route')
    await failed.wantFailed({ error: 'no route' })
    holder.release()

    // then the oldest of the others has it
    await oldest.wantGot(holder.lease.conn)
    await youngest.wantWaiting()
  })

  test('70: a place that becomes free goes to the oldest that waits for one', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const wants = [t.get('a'), t.get('a'), t.get('a')]
    holder.discard()

    // when each connection is thrown away after use
    for (const want of wants) {
      const conn = (await t.wantDial('a')).finish()

      // then the next in line has dialed
      await want.wantGot(conn)
      want.discard()
    }
    await t.wantNoDial()
  })

  test('71: one want may be first for a connection while another is first for a place', async () => {
    const t = new PoolTester({ maxPerKey: 2 })
    const holder = await lease(t, 'a')
    const dialing = t.get('a')
    const inLine = t.get('a')
    const dial = await t.wantDial('a')

    // when the held connection is thrown away while the first in line has a dial already
    holder.discard()

    // then the place goes to the second in line, and each gets what it dialed
    const second = await t.wantDial('a')
    await dialing.wantGot(dial.finish())
    await inLine.wantGot(second.finish())
  })

  test('72: a newcomer does not overtake those who wait', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const waiting = t.get('a')
    await waiting.wantWaiting()

    // when a newcomer comes in the moment in which the connection is released
    holder.release()
    const newcomer = t.get('a')

    // then the one who waited has it
    await waiting.wantGot(holder.lease.conn)
    await newcomer.wantWaiting()
  })

  test('72: nothing is ready for a try while somebody waits', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const waiting = t.get('a')

    // when the connection is released, and a newcomer tries
    holder.release()
    const tried = t.pool.tryAcquire('a')

    // then it gets nothing
    expect(tried).toBeUndefined()
    await waiting.wantGot(holder.lease.conn)
  })

  test('74: a thousand canceled wants behind one that waits leave no trace', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    await lease(t, 'a')
    const front = t.get('a')
    const wants = Array.from({ length: 1_000 }, () => t.pool.want('a', () => undefined))

    // when all of them are canceled, the youngest first
    for (const want of wants.reverse()) want.cancel()
    await t.turn()

    // then one want waits
    expect(t.pool.stats('a').waiting).toBe(1)
    await front.wantWaiting()
  })

  test('75, 160: keys whose dials failed leave nothing behind', async () => {
    const t = new PoolTester()
    const wants = Array.from({ length: 20 }, (_, i) => t.get(`key${i}`))

    // when the dial of each fails
    for (const want of wants) (await t.wantDial(want.target)).fail('no route')
    await t.turn()

    // then no key is left
    expect(t.pool.stats().keys).toBe(0)
  })

  test('75, 160: a key whose only want is canceled is gone once its dial has ended', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    const dial = await t.wantDial('a')
    want.cancel()
    expect([...t.pool.keys()]).toEqual(['a'])

    // when the dial fails
    dial.fail()
    await t.turn()

    // then the key is gone
    expect([...t.pool.keys()]).toEqual([])
  })

  test('76: serving one want leaves the order of the others alone', async () => {
    const t = new PoolTester({ maxPerKey: 2 })
    const one = await lease(t, 'a')
    const two = await lease(t, 'a')
    const [first, second, third] = [t.get('a'), t.get('a'), t.get('a')]

    // when one connection comes back, and then the other
    one.release()
    await first.wantGot(one.lease.conn)
    two.release()

    // then the second in line is second
    await second.wantGot(two.lease.conn)
    await third.wantWaiting()
  })

  test('77: a want waits for ever unless it is told otherwise', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    await lease(t, 'a')
    const want = t.get('a')

    // when a year passes
    t.advance(365 * 24 * 3_600_000)

    // then it still waits
    await want.wantWaiting()
  })

  test('78: a failed dial fails the want that began it, and nobody else', async () => {
    const t = new PoolTester()
    const wants = [t.get('a'), t.get('a'), t.get('a')]
    const dials = [await t.wantDial('a'), await t.wantDial('a'), await t.wantDial('a')]

    // when the second dial fails
    dials[1]!.fail('no route')

    // then the second want has failed, and the others wait for theirs
    await wants[1]!.wantFailed({ error: 'no route' })
    await wants[0]!.wantWaiting()
    await wants[2]!.wantWaiting()
  })

  test('79: a failed dial fails its want at once, though a connection is about to come back', async () => {
    const t = new PoolTester()
    const holder = await lease(t, 'a')
    const want = t.get('a')

    // when its dial fails, and then a connection is released
    ;(await t.wantDial('a')).fail('no route')
    await want.wantFailed({ error: 'no route' })
    holder.release()

    // then the connection is idle
    await t.wantIdle('a', holder.lease.conn)
  })
})
