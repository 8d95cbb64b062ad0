import { expect, test } from 'vitest'
import { PoolTester } from '../../src/testing/index.ts'

test('close() called again from a callback of close() returns the same promise, which resolves', async () => {
  const t = new PoolTester()

  // given a want whose caller closes the pool when it fails
  let inner: Promise<void> | undefined
  t.pool.want('a', () => {
    inner = t.pool.close()
  })
  await t.turn()

  // when the pool is closed
  const outer = t.pool.close()
  let isClosed = false
  void outer.then(() => {
    isClosed = true
  })
  await t.turn()

  // then both hear of its end
  expect(isClosed).toBe(true)
  expect(inner).toBe(outer)
})
