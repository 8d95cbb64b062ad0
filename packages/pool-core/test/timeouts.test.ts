import { describe, expect, test } from 'vitest'
import { FakeClock, PoolTester } from '../src/testing/index.ts'
import { lease } from './play.ts'

describe('a want that waits too long', () => {
  test('it fails at its time, not before, and leaves the line', async () => {
    const t = new PoolTester({ acquireTimeoutMs: 1_000 })
    const want = t.get('a')
    t.advance(999)
    await want.wantWaiting()

    // when its time is over
    t.advance(1)

    // then it has failed; its dial goes on
    expect(await want.wantFailed('ERR_POOL_WANT_TIMEOUT')).toMatchObject({ key: 'a' })
    expect(t.pool.stats('a')).toMatchObject({ waiting: 0, dialing: 1 })
    expect(t.pool.stats().totals).toMatchObject({ timedOut: 1, failed: 0 })
  })

  test.each([
    ['shorter', 500],
    ['longer', 5_000],
  ])('its own timeout counts instead of the pool’s, though it is %s', async (_, timeoutMs) => {
    const t = new PoolTester({ acquireTimeoutMs: 1_000 })
    const want = t.get('a', { timeoutMs })
    t.advance(timeoutMs - 1)
    await want.wantWaiting()

    // when that is over
    t.advance(1)

    // then it has failed
    await want.wantFailed('ERR_POOL_WANT_TIMEOUT')
  })

  test('with a timeout of Infinity it waits on, whatever the pool’s is', async () => {
    const t = new PoolTester({ acquireTimeoutMs: 1_000, maxPerKey: 1 })
    await lease(t, 'a')
    const want = t.get('a', { timeoutMs: Number.POSITIVE_INFINITY })

    // when a day passes
    t.advance(24 * 3_600_000)

    // then it waits
    await want.wantWaiting()
  })

  test.each([
    ['as long as it takes', 1_000, 1_000],
    ['no shorter than a host can', 0.5, 1],
    ['no longer than a host can', 2 ** 40, 2 ** 31 - 1],
  ])('the timer is armed once, for %s', async (_, timeoutMs, delay) => {
    const asked: unknown[] = []
    class NotingClock extends FakeClock {
      override setTimeout(run: () => void, ms: number): unknown {
        asked.push(ms)
        return super.setTimeout(run, ms)
      }
      override clearTimeout(handle: unknown): void {
        asked.push('clear')
        super.clearTimeout(handle)
      }
    }
    const never = Number.POSITIVE_INFINITY
    const clock = new NotingClock()
    const t = new PoolTester({ clock, dialTimeoutMs: never, hedgeMs: never })

    // when a want with that timeout is stated
    t.get('a', { timeoutMs })

    // then nothing else was asked of the clock
    expect(asked).toEqual([delay])
  })

  test('what never comes keeps no timer armed', async () => {
    const never = Number.POSITIVE_INFINITY
    const t = new PoolTester({ dialTimeoutMs: never, hedgeMs: never })
    t.get('a')
    const want = t.get('a', { timeoutMs: 10 })

    // when the only time that comes has come
    t.advance(10)

    // then there is nothing more to wait for
    await want.wantFailed('ERR_POOL_WANT_TIMEOUT')
    expect(t.clock.pending).toBe(0)
  })

  test('a timeout after it was served does nothing', async () => {
    const t = new PoolTester({ acquireTimeoutMs: 1_000 })
    const want = await lease(t, 'a')

    // when its time would be over
    t.advance(1_000)

    // then it has its lease, and no timer is armed
    await want.wantGot()
    expect(t.clock.pending).toBe(0)
  })

  test('its error carries the key’s last dial error while it waited', async () => {
    const t = new PoolTester({ acquireTimeoutMs: 1_000, maxPerKey: 1 })
    t.get('a', { timeoutMs: 10_000 })
    const want = t.get('a')
    const error = new Error('no route')
    ;(await t.wantDial('a')).fail(error)
    await t.wantDial('a')

    // when it times out
    t.advance(1_000)

    // then that is the cause
    expect(await want.wantFailed('ERR_POOL_WANT_TIMEOUT')).toMatchObject({ cause: error })
  })

  test('a dial error from before it was stated is not its cause', async () => {
    const t = new PoolTester({ acquireTimeoutMs: 1_000, maxPerKey: 1 })
    t.get('a')
    t.get('a', { timeoutMs: 10_000 })
    ;(await t.wantDial('a')).fail('no route')
    await t.wantDial('a')
    const want = t.get('a')

    // when it times out
    t.advance(1_000)

    // then it knows of no cause
    const error = (await want.wantFailed('ERR_POOL_WANT_TIMEOUT')) as Error
    expect(error.cause).toBeUndefined()
  })

  test('wants time out in the order of their times, each at its own', async () => {
    const t = new PoolTester()
    const late = t.get('a', { timeoutMs: 3_000 })
    const early = t.get('a', { timeoutMs: 1_000 })
    const middle = t.get('b', { timeoutMs: 2_000 })

    // when time goes on, a second at a time
    for (const [want, next] of [
      [early, middle],
      [middle, late],
    ] as const) {
      t.advance(1_000)

      // then one of them fails, and the next waits
      await want.wantFailed('ERR_POOL_WANT_TIMEOUT')
      await next.wantWaiting()
    }
  })
})

describe('a line that is full', () => {
  test('one want more fails at once, and counts as refused', async () => {
    const t = new PoolTester({ maxWaiting: 2 })
    t.get('a')
    t.get('a')

    // when a third is stated
    const want = t.get('a')

    // then it has failed, and nothing was dialed for it
    expect(await want.wantFailed('ERR_POOL_QUEUE_FULL')).toMatchObject({ key: 'a' })
    expect(t.pool.stats()).toMatchObject({ waiting: 2, dialing: 2, totals: { refused: 1 } })
  })

  test('a ready connection is had all the same', async () => {
    const t = new PoolTester({ maxWaiting: 1 })
    const [conn] = await t.putIdle('a')

    // when somebody wants one while nobody waits
    const want = t.get('a')

    // then there is no line to be full
    await want.wantGot(conn)
  })

  test('each key has a line of its own', async () => {
    const t = new PoolTester({ maxWaiting: 1 })
    t.get('a')

    // when another key is wanted
    const want = t.get('b')

    // then it waits
    await want.wantWaiting()
  })

  test('who leaves makes room in it', async () => {
    const t = new PoolTester({ maxWaiting: 1 })
    t.get('a').cancel()

    // when another wants one
    const want = t.get('a')

    // then it may wait
    await want.wantWaiting()
  })
})

describe('a clock with ways of its own', () => {
  /** Its timers fire a little too early. */
  class HastyClock extends FakeClock {
    override setTimeout(run: () => void, ms: number): unknown {
      return super.setTimeout(run, ms > 10 ? ms - 10 : ms)
    }
  }

  test('a timer that fires early expires nothing', async () => {
    const clock = new HastyClock()
    const t = new PoolTester({ clock, idleTimeoutMs: 1_000, acquireTimeoutMs: 1_000 })
    const [conn] = await t.putIdle('a')
    const want = t.get('b')

    // when timers have fired, and the time is not over yet
    clock.advance(999)

    // then all is as it was, until it is
    await want.wantWaiting()
    await t.wantIdle('a', conn!)
    clock.advance(1)
    await want.wantFailed('ERR_POOL_WANT_TIMEOUT')
    await t.wantClosed(conn!, 'idle-timeout')
  })

  test('a clock that goes back closes nothing', async () => {
    const t = new PoolTester({ idleTimeoutMs: 1_000, maxLifetimeMs: 5_000 })
    const [conn] = await t.putIdle('a')
    t.advance(500)

    // when it is set back by an hour
    t.clock.jump(-3_600_000)
    t.advance(400)

    // then the connection is idle, and can be taken
    await t.wantIdle('a', conn!)
    const got = await t.get('a').wantGot(conn)
    expect(got.idleMs).toBeGreaterThan(0)
  })

  test('a clock that goes back fails no want and no dial', async () => {
    const t = new PoolTester({ acquireTimeoutMs: 1_000, dialTimeoutMs: 1_000 })
    const want = t.get('a')
    const dial = await t.wantDial('a')
    t.advance(900)

    // when it is set back
    t.clock.jump(-900)
    t.advance(50)

    // then both go on
    await want.wantWaiting()
    expect(dial.aborted).toBe(false)
  })

  test('a clock that goes back still lets connections expire', async () => {
    const t = new PoolTester({ idleTimeoutMs: 1_000 })
    const [conn] = await t.putIdle('a')

    // when it is set back by a minute, and the idle time passes
    t.clock.jump(-60_000)
    t.advance(61_000)

    // then the connection is closed
    await t.wantClosed(conn!, 'idle-timeout')
  })
})
