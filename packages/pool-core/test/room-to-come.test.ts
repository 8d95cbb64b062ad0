import { describe, expect, test } from 'vitest'
import { lease, sharing } from './play.ts'

describe('how many are dialed', () => {
  test('93, 115: a burst dials for the room it wants, and no more', async () => {
    const t = sharing(100)
    const wants = Array.from({ length: 1_000 }, () => t.get('a'))

    // when each dial brings what was expected
    for (let i = 0; i < 10; i++) {
      const dial = await t.wantDial('a')
      dial.link.setCapacity(100)
      dial.finish()
    }

    // then all are served
    for (const want of wants) await want.wantGot()
    await t.wantNoDial()
  })

  test('93: room for any number is one dial, and one again when that has failed', async () => {
    const t = sharing(Number.POSITIVE_INFINITY)
    const [first, ...others] = [t.get('a'), t.get('a'), t.get('a')]
    ;(await t.wantDial('a')).fail('no route')
    await first!.wantFailed({ error: 'no route' })

    // when the next dial brings it
    const dial = await t.wantDial('a')
    await t.wantNoDial()
    dial.link.setCapacity(Number.POSITIVE_INFINITY)
    const conn = dial.finish()

    // then all who wait have it
    for (const want of others) await want.wantGot(conn)
  })

  test('115: less room than expected starts dials for the rest at once', async () => {
    const t = sharing(100)
    const wants = Array.from({ length: 5 }, () => t.get('a'))

    // when the one dial brings an exclusive connection
    const conn = (await t.wantDial('a')).finish()

    // then each of the others dials
    await wants[0]!.wantGot(conn)
    expect(t.pool.stats('a')).toMatchObject({ waiting: 4, dialing: 4 })
  })

  test('115: more room than expected is learned, and the key dials less from then on', async () => {
    const t = sharing(1)
    const first = await lease(t, 'a')
    first.lease.conn.setCapacity(10)
    for (let i = 0; i < 9; i++) await t.get('a').wantGot()

    // when ten more are wanted than there is room for
    for (let i = 0; i < 10; i++) t.get('a')

    // then one dial is enough
    expect(t.pool.stats('a')).toMatchObject({ waiting: 10, dialing: 1 })
  })

  test('115: a failed dial that others counted on is made up for', async () => {
    const t = sharing(100)
    const wants = Array.from({ length: 3 }, () => t.get('a'))

    // when the one dial fails
    ;(await t.wantDial('a')).fail('no route')

    // then its own want fails, and one dial begins for the others
    await wants[0]!.wantFailed({ error: 'no route' })
    await wants[1]!.wantWaiting()
    const dial = await t.wantDial('a')
    await t.wantNoDial()
    await wants[1]!.wantGot(dial.finish())
  })
})
