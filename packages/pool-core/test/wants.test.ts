import { describe, expect, test } from 'vitest'
import type { Link } from '../src/index.ts'
import { FakeAdapter, type FakeConn, PoolTester } from '../src/testing/index.ts'
import { lease, recorder } from './play.ts'

describe('the life of a want', () => {
  test('13: a want stated again after its dial failed stands at the back of the line', async () => {
    const t = new PoolTester({ maxPerKey: 2 })
    const holder = await lease(t, 'a')
    const failed = t.get('a')
    const other = t.get('a')
    ;(await t.wantDial('a')).fail('no route')
    await failed.wantFailed({ error: 'no route' })

    // when its caller tries again, and a connection comes back
    const again = t.get('a')
    holder.release()

    // then the one who was in line meanwhile goes first
    await other.wantGot(holder.lease.conn)
    await again.wantWaiting()
  })

  test('14, 27: the first outcome is final, and nothing that comes later changes it', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    const dial = await t.wantDial('a')

    // when it is canceled, and then its dial succeeds, and it is canceled again
    expect(want.cancel('enough')).toBe(true)
    const conn = dial.finish()

    // then it has failed with that reason, once, and the connection serves others
    await want.wantFailed({ error: 'enough' })
    expect(want.cancel('too late')).toBe(false)
    await t.wantIdle('a', conn)
  })

  test('15: a want waits until it is settled, and no longer', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    expect(want.want.waiting).toBe(true)

    // when its dial succeeds
    await want.wantGot((await t.wantDial('a')).finish())

    // then it does not wait any more
    expect(want.want.waiting).toBe(false)
  })

  test('15: a want that a ready connection settles never waits, even before its callback has run', async () => {
    const t = new PoolTester()
    await t.putIdle('a')

    // when one is stated with a connection idle
    const want = t.get('a')

    // then it is settled already, and canceling it comes too late
    expect(want.want.waiting).toBe(false)
    expect(want.cancel()).toBe(false)
    await want.wantGot()
  })

  test('16: a want looks for an idle connection first, and only then asks for a dial', async () => {
    const { trace, hooks } = recorder()
    const t = new PoolTester({ trace })

    // when a first want finds nothing, and a second one an idle connection
    await t.putIdle('a')
    const dialed = hooks()
    await t.get('a').wantGot()

    // then the second dials nothing
    expect(dialed).toEqual(['getConn', 'dialStart', 'dialDone', 'gotConn', 'putIdle'])
    expect(hooks().slice(dialed.length)).toEqual(['getConn', 'gotConn'])
  })

  test('17: with reuse off a want is served by its own dial alone', async () => {
    const t = new PoolTester({ reuse: false })
    const first = await lease(t, 'a')
    const second = t.get('a')
    const dial = await t.wantDial('a')

    // when a connection is released while the second want waits
    first.release()

    // then that connection is closed, and the want goes on waiting for its dial
    await t.wantClosed(first.lease.conn, 'reuse-off')
    await second.wantWaiting()
    await second.wantGot(dial.finish())
  })

  test('18, 73: a want that was served leaves the line for dials at once', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const holder = await lease(t, 'a')
    const served = t.get('a')
    const last = t.get('a')

    // when a released connection serves the first in line, and is then thrown away
    holder.release()
    await served.wantGot(holder.lease.conn)
    expect(t.pool.stats('a').waiting).toBe(1)
    served.discard()

    // then the place goes to the one who still waits
    await last.wantGot((await t.wantDial('a')).finish())
    await t.wantNoDial()
  })

  test('19, 68, 74: wants canceled behind one that waits leave at once', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    await lease(t, 'a')
    const front = t.get('a')
    const behind = Array.from({ length: 100 }, () => t.get('a'))

    // when all but the first in line are canceled
    for (const want of behind) want.cancel()

    // then only that one is left
    expect(t.pool.stats('a').waiting).toBe(1)
    await front.wantWaiting()
  })

  test('21: a dial is given the target of its want, and a signal that is not its caller’s', async () => {
    const seen: { target: string; link: Link }[] = []
    class Watching extends FakeAdapter {
      override dial(target: string, link: Link): Promise<FakeConn> {
        seen.push({ target, link })
        return super.dial(target, link)
      }
    }
    const t = new PoolTester({}, new Watching())
    const caller = new AbortController()
    t.get('a?1')

    // when a second want is stated, and its caller gives up
    t.get('a?2', { signal: caller.signal })
    caller.abort()

    // then each dial was for its own want's target, and none is aborted
    expect(seen.map(({ target }) => target)).toEqual(['a?1', 'a?2'])
    expect(seen.map(({ link }) => link.signal.aborted)).toEqual([false, false])
  })

  test('20, 102: a canceled want does not end its dial', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    const dial = await t.wantDial('a')

    // when the want is canceled
    want.cancel()

    // then the dial goes on, and its connection is kept
    expect(dial.aborted).toBe(false)
    await t.wantIdle('a', dial.finish())
  })

  test('22, 23: canceling a want that has failed does nothing', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    ;(await t.wantDial('a')).fail('no route')
    await want.wantFailed({ error: 'no route' })

    // when it is canceled
    const wasWaiting = want.cancel()

    // then nothing has changed
    expect(wasWaiting).toBe(false)
    expect(t.pool.stats().totals).toMatchObject({ wants: 1, failed: 1, canceled: 0 })
  })

  test('23, 31: canceling a want whose lease was released leaves the connection where it is', async () => {
    const t = new PoolTester()
    const first = await lease(t, 'a')
    first.release()
    const second = t.get('a')
    await second.wantGot(first.lease.conn)

    // when the first want is canceled while another caller has its connection
    const wasWaiting = first.cancel()

    // then the other caller keeps it
    expect(wasWaiting).toBe(false)
    expect(t.pool.stats()).toMatchObject({ leased: 1, idle: 0 })
  })

  test('24: each dial that starts is done once, and a want in line for a place starts none', async () => {
    const { trace, hooks } = recorder()
    const t = new PoolTester({ trace, maxPerKey: 1 })
    const holder = await lease(t, 'a')

    // when a want waits for a place and gets the released connection instead
    const second = t.get('a')
    holder.release()
    await second.wantGot()

    // then there was one dial, from start to end
    const dialHooks = hooks().filter((hook) => hook.startsWith('dial'))
    expect(dialHooks).toEqual(['dialStart', 'dialDone'])
  })
})
