import { describe, expect, test } from 'vitest'
import { FakeAdapter, type FakeConn, type FakeDial, PoolTester } from '../src/testing/index.ts'
import { lease, recorder } from './play.ts'

describe('when a dial begins', () => {
  test('93: where connections are exclusive, each want that finds none ready begins its own dial', async () => {
    const t = new PoolTester()
    const first = t.get('a')
    const dial = await t.wantDial('a')
    first.cancel()

    // when another want comes, with a dial in flight that nobody waits for
    const second = t.get('a')

    // then it dials too, and takes whichever comes first
    await t.wantDial('a')
    await second.wantGot(dial.finish())
  })

  test('93, 115: where they are shareable, no more dials begin than the room that is wanted', async () => {
    const t = new PoolTester()
    t.adapter.capacity = 100

    // when a thousand wants come at once
    for (let i = 0; i < 1_000; i++) t.pool.want('a', () => undefined)
    t.check()

    // then ten dials begin
    expect(t.pool.stats('a')).toMatchObject({ waiting: 1_000, dialing: 10 })
  })
})

describe('when a dial fails', () => {
  test('100: the failure of a dial whose want was served is told to the trace alone', async () => {
    const { trace, seen } = recorder()
    const t = new PoolTester({ trace, maxPerKey: 2 })
    const holder = await lease(t, 'a')
    const want = t.get('a')
    const dial = await t.wantDial('a')
    holder.release()
    await want.wantGot(holder.lease.conn)

    // when the late dial fails
    dial.fail('no route')
    await t.turn()

    // then its place is free, and only the trace has heard of it
    const event = { key: 'a', durationMs: 0, error: 'no route', surplus: true }
    expect(seen.at(-1)).toEqual({ hook: 'dialDone', event })
    t.get('a')
    await t.wantDial('a')
  })

  test('100: a want that waits without a dial gets one when somebody’s late dial fails', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const canceled = t.get('a')
    const dial = await t.wantDial('a')
    canceled.cancel()
    const want = t.get('a')
    await t.wantNoDial()

    // when the dial of the canceled want fails
    dial.fail()

    // then the other want dials for itself
    await want.wantGot((await t.wantDial('a')).finish())
  })

  test('85, 100: the place of a failed dial passes to the next in line', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const wants = [t.get('a'), t.get('a')]

    // when the first dial fails
    ;(await t.wantDial('a')).fail('no route')

    // then its want fails, and the next one dials
    await wants[0]!.wantFailed({ error: 'no route' })
    await wants[1]!.wantGot((await t.wantDial('a')).finish())
  })

  test('101: a canceled want is settled at once, though its dial pays no heed', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    await t.wantDial('a')

    // when it is canceled, and the dial goes on
    want.cancel()

    // then it has failed
    await want.wantFailed('ERR_POOL_CANCELED')
    expect(t.pool.stats('a')).toMatchObject({ waiting: 0, dialing: 1 })
  })

  test('102, 103: a dial that hangs keeps its place until the dial timeout, and no longer', async () => {
    const t = new PoolTester({ maxPerKey: 1, dialTimeoutMs: 5_000 })
    const canceled = t.get('a')
    const hanging = await t.wantDial('a')
    canceled.cancel()
    const want = t.get('a')
    t.advance(4_999)
    await t.wantNoDial()

    // when its time is over
    t.advance(1)

    // then it is aborted, and the want in line dials
    expect(hanging.aborted).toBe(true)
    await want.wantGot((await t.wantDial('a')).finish())
  })

  test('102: a dial that is too slow fails its want, and its late connection is closed', async () => {
    const t = new PoolTester({ dialTimeoutMs: 5_000 })
    const want = t.get('a')
    const dial = await t.wantDial('a')

    // when its time is over, and the connection comes then
    t.advance(5_000)
    const error = await want.wantFailed('ERR_POOL_DIAL_TIMEOUT')
    const conn = dial.finish()

    // then nothing is kept
    expect(dial.link.signal.reason).toBe(error)
    expect(error).toMatchObject({ key: 'a' })
    await t.wantClosed(conn, 'dial-unwanted')
    expect([...t.pool.keys()]).toEqual([])
  })

  test('104: a dial that brings nothing has failed', async () => {
    class EmptyHanded extends FakeAdapter {
      override dial(): Promise<FakeConn> {
        return Promise.resolve(null as never)
      }
    }
    const t = new PoolTester({}, new EmptyHanded())

    // when the adapter resolves with no connection
    const want = t.get('a')
    await t.turn()

    // then the want has failed, and no key is left
    expect(want.want.waiting).toBe(false)
    expect(() => want.lease).toThrow()
    expect([...t.pool.keys()]).toEqual([])
  })

  test('107: a dial leaves the books the moment it ends', async () => {
    const t = new PoolTester()
    const dials: FakeDial[] = []
    for (let i = 0; i < 50; i++) {
      t.get('a').cancel()
      dials.push(await t.wantDial('a'))
    }

    // when the last of them end first
    for (const dial of dials.reverse().slice(0, 49)) dial.fail()
    await t.turn()

    // then one is left
    expect(t.pool.stats('a').dialing).toBe(1)
  })

  test.each([undefined, null, 'conn'])(
    'one that was aborted and brings %s is not closed',
    async (brought) => {
      const closed: unknown[] = []
      let bring: (conn: never) => void = () => {}
      const adapter = Object.assign(new FakeAdapter(), {
        dial: () =>
          new Promise<never>((resolve) => {
            bring = resolve
          }),
        close: (conn: unknown) => void closed.push(conn),
      })
      const t = new PoolTester({}, adapter)
      t.get('a').cancel()
      t.pool.closeIdle()

      // when it resolves after all
      bring(brought as never)
      await t.turn()

      // then there is nothing to close
      expect(closed).toEqual([])
    },
  )
})
