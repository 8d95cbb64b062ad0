import { describe, expect, test } from 'vitest'
import type { CloseReason, Want } from '../src/index.ts'
import { FakeAdapter, type FakeConn, PoolTester } from '../src/testing/index.ts'
import { lease } from './play.ts'

/** An adapter that does something of the test's own in one of its methods, once. */
class Meddling extends FakeAdapter {
  in: Partial<Record<'isBroken' | 'close' | 'onIdle' | 'expectedCapacity' | 'key', () => void>> = {}

  override isBroken(conn: FakeConn): boolean {
    this.#meddle('isBroken')
    return super.isBroken(conn)
  }
  override close(conn: FakeConn, reason: CloseReason): void {
    super.close(conn, reason)
    this.#meddle('close')
  }
  override onIdle(conn: FakeConn): void {
    super.onIdle(conn)
    this.#meddle('onIdle')
  }
  override expectedCapacity(): number {
    this.#meddle('expectedCapacity')
    return super.expectedCapacity()
  }
  override key(target: string): string {
    this.#meddle('key')
    return super.key(target)
  }

  #meddle(method: keyof Meddling['in']): void {
    const meddle = this.in[method]
    delete this.in[method]
    meddle?.()
  }
}

const meddled = (options = {}) => {
  const adapter = new Meddling()
  return { adapter, t: new PoolTester(options, adapter) }
}

describe('an adapter that calls the pool', () => {
  test('it may destroy the pool while it is asked about a connection given back', async () => {
    const { adapter, t } = meddled()
    const want = await lease(t, 'a')
    adapter.in.isBroken = () => t.pool.destroy()

    // when that connection is released
    want.release()

    // then it is closed once
    await t.wantClosed(want.lease.conn, 'pool-closed')
    expect(t.pool.stats()).toMatchObject({ open: 0, leases: 0, keys: 0 })
  })

  test('it may take the idle connection that somebody else is about to get', async () => {
    const { adapter, t } = meddled()
    const [conn] = await t.putIdle('a')
    adapter.in.isBroken = () => expect(t.pool.tryAcquire('a')?.conn).toBe(conn)

    // when a want finds it, and the adapter is asked about it
    const want = t.get('a')

    // then the want dials
    await want.wantGot((await t.wantDial('a')).finish())
    expect(t.pool.stats()).toMatchObject({ leased: 2, leases: 2 })
  })

  test('it may want another connection while it closes one', async () => {
    const { adapter, t } = meddled({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    adapter.in.close = () => {
      t.check()
      t.get('a')
    }

    // when one is thrown away
    holder.discard()

    // then the place was free for it
    await t.wantDial('a')
  })

  test('it may close all idle ones while it is told of one', async () => {
    const { adapter, t } = meddled()
    adapter.in.onIdle = () => expect(t.pool.closeIdle()).toBe(1)

    // when a connection becomes idle
    const [conn] = await t.putIdle('a')

    // then it is gone
    await t.wantClosed(conn!, 'close-idle')
    expect([...t.pool.keys()]).toEqual([])
  })

  test('it may close the pool while it is asked what to expect', async () => {
    const { adapter, t } = meddled()
    adapter.in.expectedCapacity = () => void t.pool.close()

    // when a connection is wanted
    const want = t.get('a')

    // then the want is refused, and leaves no key
    await want.wantFailed('ERR_POOL_CLOSED')
    await t.wantNoDial()
    expect(t.pool.stats()).toMatchObject({ keys: 0, totals: { refused: 1 } })
  })

  test('it may fill the line while it is asked what to expect', async () => {
    const { adapter, t } = meddled({ maxWaiting: 1 })
    adapter.in.expectedCapacity = () => void t.get('a')

    // when a connection is wanted
    const want = t.get('a')

    // then the want that was stated inside came first
    await want.wantFailed('ERR_POOL_QUEUE_FULL')
    expect(t.pool.stats('a')).toMatchObject({ waiting: 1, dialing: 1 })
  })

  test('it may close the pool while it is asked for a key', async () => {
    const { adapter, t } = meddled()
    await t.putIdle('a')
    adapter.in.key = () => void t.pool.close()

    // when a connection is wanted, though one was idle
    const want = t.get('a')

    // then the want is refused
    await want.wantFailed('ERR_POOL_CLOSED')
  })
})

describe('callbacks and hooks that call the pool', () => {
  test('a failed want may be stated again in its own callback', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const outcomes: unknown[] = []
    t.pool.want('a', (error) => {
      outcomes.push(error)
      t.pool.want('a', (_, got) => outcomes.push(got?.conn))
    })

    // when its dial fails, and the next one succeeds
    ;(await t.wantDial('a')).fail('no route')
    const conn = (await t.wantDial('a')).finish()
    await t.turn()

    // then it has failed once and got one
    expect(outcomes).toEqual(['no route', conn])
  })

  test('wants stated while the pool closes are refused', async () => {
    const t = new PoolTester()
    const codes: unknown[] = []
    t.pool.want('a', (error) => {
      codes.push(error)
      t.pool.want('a', (again) => codes.push(again))
    })
    await t.wantDial('a')

    // when the pool is closed
    await t.pool.close()
    await t.turn()

    // then both have failed for that, each in its own count
    const closed = expect.objectContaining({ code: 'ERR_POOL_CLOSED' })
    expect(codes).toEqual([closed, closed])
    expect(t.pool.stats().totals).toMatchObject({ failed: 1, refused: 1 })
    await t.wantNoDial()
  })

  test('a want may be canceled in the hook that tells of its dial', async () => {
    let second: Want | undefined
    const trace = { dialStart: () => void second?.cancel() }
    const t = new PoolTester({ maxPerKey: 1, trace })
    const holder = await lease(t, 'a')
    second = t.pool.want('a', () => undefined)

    // when the place becomes free, and its dial begins
    holder.discard()

    // then the dial is nobody's, and its connection goes idle
    expect(second.waiting).toBe(false)
    await t.wantIdle('a', (await t.wantDial('a')).finish())
  })

  test('a connection taken in the hook that says it is idle is not said to be idle', async () => {
    const taken: unknown[] = []
    const t: PoolTester = new PoolTester({
      trace: { putIdle: () => taken.push(t.pool.tryAcquire('a')?.conn) },
    })

    // when a connection becomes idle
    const [conn] = await t.putIdle('a')

    // then the adapter knows it as used
    expect(taken).toEqual([conn])
    expect(conn!.toldIdle).toBe(false)
    expect(t.pool.stats()).toMatchObject({ idle: 0, leased: 1 })
  })

  test('twenty thousand hand-overs from callback to callback do not pile up on the stack', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    let served = 0
    for (let i = 0; i < 20_000; i++) {
      t.pool.want('a', (_, got) => {
        served++
        got?.release()
      })
    }

    // when the connection is released once
    holder.release()
    await t.turn()

    // then it has gone through the whole line
    expect(served).toBe(20_000)
  })
})
