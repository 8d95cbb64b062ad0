import { test } from 'vitest'
import { PoolTester } from '../../src/testing/index.ts'

test('ending a lease whose shared connection is gone does nothing more, also by detach()', async () => {
  const t = new PoolTester()

  // given two leases on one connection
  const first = t.get('a')
  const dial = await t.wantDial('a')
  dial.link.setCapacity(2)
  const conn = dial.finish()
  await first.wantGot(conn)
  const second = t.get('a')
  await second.wantGot(conn)

  // when its peer closes it
  conn.die()

  // then both leases can be ended in any way
  second.release()
  first.detach()
})
