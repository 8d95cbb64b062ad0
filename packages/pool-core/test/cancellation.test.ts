import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'
import { countingSignal, lease } from './play.ts'

describe('who gives up while waiting', () => {
  test('124: a cancel that comes before a release wins', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const want = t.get('a')

    // when both happen, the cancel first
    want.cancel()
    holder.release()

    // then the want has failed, and the connection is idle
    await want.wantFailed('ERR_POOL_CANCELED')
    await t.wantIdle('a', holder.lease.conn)
  })

  test('124: a release that comes before a cancel wins', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const want = t.get('a')

    // when both happen, the release first
    holder.release()
    const wasWaiting = want.cancel()

    // then the want has the connection
    expect(wasWaiting).toBe(false)
    await want.wantGot(holder.lease.conn)
  })

  test('125: a cancel that comes before the dial’s failure wins', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    const dial = await t.wantDial('a')

    // when both happen, the cancel first
    want.cancel('enough')
    dial.fail('no route')

    // then the want has failed with its cancel’s reason
    await want.wantFailed({ error: 'enough' })
    await t.turn()
    expect(t.pool.stats().totals).toMatchObject({ canceled: 1, failed: 0, dialsSurplus: 1 })
  })

  test.each([
    ['an error', new Error('enough')],
    ['a word', 'enough'],
    ['null', null],
    ['zero', 0],
    ['an empty word', ''],
    ['false', false],
  ])('126: an abort rejects with the signal’s own reason, be it %s', async (_, reason) => {
    const t = new PoolTester()
    const caller = new AbortController()
    const want = t.get('a', { signal: caller.signal })
    const acquired = t.pool.acquire('a', { signal: caller.signal })

    // when it is aborted while both wait
    caller.abort(reason)

    // then both have failed with exactly that
    await want.wantFailed({ error: reason })
    await expect(acquired).rejects.toBe(reason)
  })

  test('126: a cancel passes on a falsy reason as it is', async () => {
    const t = new PoolTester()
    const want = t.get('a')

    // when it is canceled with one
    want.cancel(null)

    // then that is its error
    await want.wantFailed({ error: null })
  })

  test('126: a cancel without a reason has an error of its own', async () => {
    const t = new PoolTester()
    const want = t.get('a')

    // when it is canceled
    want.cancel()

    // then its error says so, and for which key
    expect(await want.wantFailed('ERR_POOL_CANCELED')).toMatchObject({ key: 'a' })
  })

  test('127: a want whose signal is aborted already never dials', async () => {
    const t = new PoolTester()
    const signal = AbortSignal.abort('enough')

    // when it is stated
    const want = t.get('a', { signal })

    // then it has failed, without a dial and without a key, and counts as canceled
    await want.wantFailed({ error: 'enough' })
    await t.wantNoDial()
    expect([...t.pool.keys()]).toEqual([])
    expect(t.pool.stats().totals).toMatchObject({ wants: 1, canceled: 1, dials: 0 })
  })

  test('127: an aborted signal keeps its want from an idle connection too', async () => {
    const t = new PoolTester()
    const [conn] = await t.putIdle('a')

    // when one is acquired with it
    const acquired = t.pool.acquire('a', { signal: AbortSignal.abort('enough') })

    // then that is rejected, and the connection stays idle
    await expect(acquired).rejects.toBe('enough')
    await t.wantIdle('a', conn!)
    expect(t.pool.stats()).toMatchObject({ idle: 1, leased: 0 })
  })

  test('128: a canceled want changes nothing but the line', async () => {
    const t = new PoolTester({ maxPerKey: 2 })
    const holder = await lease(t, 'a')
    const dialing = t.get('a')
    const inLine = t.get('a')
    const dial = await t.wantDial('a')

    // when both that wait are canceled
    dialing.cancel()
    inLine.cancel()

    // then connection and dial are as they were
    await t.wantOpen(holder.lease.conn)
    expect(dial.aborted).toBe(false)
    expect(t.pool.stats('a')).toMatchObject({ open: 1, dialing: 1, waiting: 0 })
  })
})

describe('a signal, once the want has settled', () => {
  test('130: an abort after the lease has ended does not touch the next one', async () => {
    const t = new PoolTester()
    const caller = new AbortController()
    const first = t.get('a', { signal: caller.signal })
    await first.wantGot((await t.wantDial('a')).finish())
    first.release()
    const second = t.get('a')
    await second.wantGot(first.lease.conn)

    // when the first caller’s signal is aborted
    caller.abort()
    await t.turn()

    // then the second keeps its lease
    expect(t.pool.stats()).toMatchObject({ leased: 1, totals: { canceled: 0 } })
    second.release()
  })

  test('129: an abort while the connection is in use is the caller’s to act on', async () => {
    const t = new PoolTester()
    const caller = new AbortController()
    const want = t.get('a', { signal: caller.signal })
    await want.wantGot((await t.wantDial('a')).finish())

    // when its signal is aborted
    caller.abort()

    // then the pool does nothing, and the caller may throw the connection away
    await t.wantOpen(want.lease.conn)
    want.discard()
    await t.wantClosed(want.lease.conn, 'discarded')
  })

  test.each<[string, (t: PoolTester, want: { cancel(): boolean }) => unknown]>([
    ['was served', async (t) => (await t.wantDial('a')).finish()],
    ['failed', async (t) => (await t.wantDial('a')).fail()],
    ['was canceled', (_, want) => want.cancel()],
    ['timed out', (t) => t.advance(1_000)],
    ['ended with its pool', (t) => t.pool.destroy()],
  ])('161: no listener stays on the signal of a want that %s', async (_, settle) => {
    const t = new PoolTester()
    const { signal, listeners } = countingSignal()
    const want = t.get('a', { signal, timeoutMs: 1_000 })
    expect(listeners()).toBe(1)

    // when it settles
    await settle(t, want)
    await t.turn()

    // then the signal is free
    expect(want.want.waiting).toBe(false)
    expect(listeners()).toBe(0)
  })

  test('161: a want that a ready connection settles never listens to its signal', async () => {
    const t = new PoolTester()
    await t.putIdle('a')
    const { signal } = new AbortController()
    signal.addEventListener = () => expect.unreachable()

    // when it is stated
    const want = t.get('a', { signal })

    // then it has its connection
    await want.wantGot()
  })
})
