import { expect, test } from 'vitest'
import { PoolTester } from '../../src/testing/index.ts'
import type { ConnClosedEvent } from '../../src/trace.ts'

test('destroy() without an error tells none to connClosed', async () => {
  const closed: ConnClosedEvent<object>[] = []
  const t = new PoolTester({ trace: { connClosed: (event) => void closed.push(event) } })

  // given a leased connection
  const want = t.get('a')
  await want.wantGot((await t.wantDial('a')).finish())

  // when the pool is destroyed for no given reason
  t.pool.destroy()

  // then its end has a reason, and no error that nobody gave
  expect(closed.map(({ reason, error }) => ({ reason, error }))).toEqual([
    { reason: 'pool-closed', error: undefined },
  ])
})
