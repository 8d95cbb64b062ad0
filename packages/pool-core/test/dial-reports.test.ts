import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'

describe('what a dial’s connection says before it is there', () => {
  test('a connection that is lost before its dial resolves makes it a failed dial', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    const dial = await t.wantDial('a')

    // when it is reported gone, and the dial resolves
    dial.link.closed()
    const conn = dial.finish()

    // then the want has failed, and what is gone is not closed
    await want.wantFailed('ERR_POOL_DIAL_CLOSED')
    expect(conn.closedFor).toBeUndefined()
  })

  test('a connection lost with an error before its dial resolves fails the want with that error', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    const dial = await t.wantDial('a')
    const error = new Error('reset')

    // when it is reported gone, with an error, and the dial resolves
    dial.link.closed(error)
    dial.finish()

    // then the want has failed with it
    await want.wantFailed({ error })
  })

  test('a connection that drains before its dial resolves is closed, and the dial has failed', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    const dial = await t.wantDial('a')

    // when it drains, and the dial resolves
    dial.link.drain()
    const conn = dial.finish()

    // then the want has failed, and the connection is closed
    await want.wantFailed('ERR_POOL_DIAL_CLOSED')
    await t.wantClosed(conn, 'dial-unwanted')
  })

  test('the signal of a dial that has succeeded is never aborted', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    const dial = await t.wantDial('a')
    const { signal } = dial.link
    await want.wantGot(dial.finish())

    // when the whole pool ends
    t.pool.destroy()

    // then that signal has nothing to tell
    expect(signal.aborted).toBe(false)
    expect(dial.link.signal.aborted).toBe(false)
  })

  test('a connection that died between resolving and arriving is not handed out', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    const dial = await t.wantDial('a')

    // when it dies right after the dial has resolved
    const conn = dial.finish()
    conn.die()

    // then the want has failed
    await want.wantFailed('ERR_POOL_DIAL_CLOSED')
    expect(conn.closedFor).toBeUndefined()
  })
})
