import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'
import { sharing } from './play.ts'

describe('a slow dial that others count on', () => {
  test('it holds them back for hedgeMs, and then one more begins', async () => {
    const t = sharing(100, { hedgeMs: 300 })
    for (let i = 0; i < 5; i++) t.get('a')
    await t.wantDial('a')
    t.advance(299)
    await t.wantNoDial()

    // when it has taken as long as that
    t.advance(1)

    // then one dial begins
    await t.wantDial('a')
    await t.wantNoDial()
  })

  test('one more begins after each further hedgeMs', async () => {
    const t = sharing(100, { hedgeMs: 300 })
    for (let i = 0; i < 5; i++) t.get('a')

    // when three times that has passed
    const begun = [300, 300, 300].map((ms) => {
      t.advance(ms)
      return t.adapter.dials.length
    })

    // then three more have begun, one at a time
    expect(begun).toEqual([2, 3, 4])
  })

  test('never more hedge than there are wants without room to come', async () => {
    const t = sharing(100, { hedgeMs: 300 })
    for (let i = 0; i < 3; i++) t.get('a')

    // when no dial ever ends
    t.advance(10_000)

    // then there is one for each want, and no more
    expect(t.adapter.dials).toHaveLength(3)
  })

  test('a want alone has its own dial, and needs no other', async () => {
    const t = sharing(100, { hedgeMs: 300 })
    t.get('a')

    // when that dial is slow
    t.advance(10_000)

    // then no other begins
    expect(t.adapter.dials).toHaveLength(1)
  })

  test('no other begins for wants that have gone meanwhile', async () => {
    const t = sharing(100, { hedgeMs: 300 })
    t.get('a')
    const others = [t.get('a'), t.get('a')]
    for (const want of others) want.cancel()

    // when the dial is slow
    t.advance(10_000)

    // then nobody needs another
    expect(t.adapter.dials).toHaveLength(1)
  })

  test('a slow dial whose own want has gone is made up for', async () => {
    const t = sharing(100, { hedgeMs: 300 })
    const own = t.get('a')
    const other = t.get('a')
    const slow = await t.wantDial('a')
    own.cancel()
    await t.wantNoDial()

    // when it has become slow
    t.advance(300)

    // then the other want has a dial of its own, and takes what comes first
    const hedge = await t.wantDial('a')
    await other.wantGot(slow.finish())
    await t.wantIdle('a', hedge.finish())
  })

  test('the limit of the key holds for hedging too', async () => {
    const t = sharing(100, { hedgeMs: 300, maxPerKey: 2 })
    for (let i = 0; i < 5; i++) t.get('a')

    // when no dial ends
    t.advance(10_000)

    // then there are no more than the limit
    expect(t.adapter.dials).toHaveLength(2)
  })

  test('with hedgeMs Infinity no dial is hedged', async () => {
    const t = sharing(100, { hedgeMs: Number.POSITIVE_INFINITY })
    for (let i = 0; i < 5; i++) t.get('a')

    // when the dial takes its time
    t.advance(29_999)

    // then it is the only one
    expect(t.adapter.dials).toHaveLength(1)
  })

  test('exclusive connections are not hedged, as each want has its own dial', async () => {
    const t = new PoolTester({ hedgeMs: 300 })
    for (let i = 0; i < 5; i++) t.get('a')

    // when the dials are slow
    t.advance(29_999)

    // then there are no others
    expect(t.adapter.dials).toHaveLength(5)
  })

  test('whichever dial is first serves all, and the late one goes idle', async () => {
    const t = sharing(100, { hedgeMs: 300 })
    const wants = Array.from({ length: 5 }, () => t.get('a'))
    const slow = await t.wantDial('a')
    t.advance(300)
    const hedge = await t.wantDial('a')

    // when the hedging dial succeeds first
    hedge.link.setCapacity(100)
    const conn = hedge.finish()

    // then all share its connection
    for (const want of wants) await want.wantGot(conn)
    await t.wantIdle('a', slow.finish())
  })

  test('a hedge that fails fails its own want alone', async () => {
    const t = sharing(100, { hedgeMs: 300 })
    const wants = [t.get('a'), t.get('a')]
    const slow = await t.wantDial('a')
    t.advance(300)

    // when the hedging dial fails
    ;(await t.wantDial('a')).fail('no route')

    // then the first want is still served by the slow one
    await wants[1]!.wantFailed({ error: 'no route' })
    await wants[0]!.wantGot(slow.finish())
  })

  test('the dial timeout counts from each dial’s own start', async () => {
    const t = sharing(100, { hedgeMs: 300, dialTimeoutMs: 1_000 })
    const wants = [t.get('a'), t.get('a')]
    await t.wantDial('a')
    t.advance(300)
    const hedge = await t.wantDial('a')

    // when the first has timed out
    t.advance(700)

    // then its want has failed, and the hedge goes on
    await wants[0]!.wantFailed('ERR_POOL_DIAL_TIMEOUT')
    expect(hedge.aborted).toBe(false)
    await wants[1]!.wantGot(hedge.finish())
  })
})
