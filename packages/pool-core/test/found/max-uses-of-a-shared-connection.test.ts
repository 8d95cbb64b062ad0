import { expect, test } from 'vitest'
import { PoolTester } from '../../src/testing/index.ts'

test('a late shareable connection that its last use takes is handed out no more', async () => {
  const t = new PoolTester({ maxUses: 1 })

  // given a dial whose own want has given up, and another want that waits
  t.get('a').cancel()
  const second = t.get('a')
  const dial = await t.wantDial('a')

  // when it brings a connection with room for many
  dial.link.setCapacity(10)
  const conn = dial.finish()
  await second.wantGot(conn)

  // then it serves no more than maxUses
  expect(t.pool.tryAcquire('a')).toBeUndefined()
})
