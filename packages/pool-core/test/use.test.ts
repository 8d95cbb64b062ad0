import { describe, expect, test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'

describe('use', () => {
  test('it gives the connection back when the work is done, and passes on its result', async () => {
    const t = new PoolTester()
    const [conn] = await t.putIdle('a')

    // when work is done with it
    const result = await t.pool.use('a', async (it, { key }) => [it, key])

    // then the connection is idle again
    expect(result).toEqual([conn, 'a'])
    await t.wantIdle('a', conn!)
    expect(t.pool.stats().idle).toBe(1)
  })

  test.each([
    ['throws', () => JSON.parse('{') as never],
    ['rejects', () => Promise.reject(new SyntaxError('{'))],
  ])('it throws the connection away when the work %s', async (_, work) => {
    const t = new PoolTester()
    const [conn] = await t.putIdle('a')

    // when the work goes wrong
    const used = t.pool.use('a', work)

    // then its error is passed on
    await expect(used).rejects.toThrow(SyntaxError)
    await t.wantClosed(conn!, 'discarded')
  })

  test('it does nothing more when the work has ended the lease itself', async () => {
    const t = new PoolTester()
    const [kept, thrown] = await t.putIdle('a', 2)

    // when work ends its lease, and succeeds or throws
    await t.pool.use('a', (_, it) => it.discard())
    const failed = t.pool.use('a', (_, it) => {
      it.release()
      throw new Error('after the end')
    })

    // then the end it chose stays
    await expect(failed).rejects.toThrow('after the end')
    await t.wantClosed(thrown!, 'discarded')
    await t.wantIdle('a', kept!)
    expect(t.pool.stats().idle).toBe(1)
  })

  test('it fails as acquire does, without work', async () => {
    const t = new PoolTester()

    // when there is no connection to be had
    const used = t.pool.use('a', () => expect.unreachable())
    ;(await t.wantDial('a')).fail('no route')

    // then that is its error
    await expect(used).rejects.toBe('no route')
  })

  test('it takes the options of acquire', async () => {
    const t = new PoolTester()

    // when it may wait no longer than this
    const used = t.pool.use('a', () => expect.unreachable(), { timeoutMs: 50 })
    t.advance(50)

    // then it has failed
    await expect(used).rejects.toMatchObject({ code: 'ERR_POOL_WANT_TIMEOUT' })
  })
})
