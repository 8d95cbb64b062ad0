import { test } from 'vitest'
import { PoolTester } from '../../src/testing/index.ts'

test('warming that waits for a place under maxTotal gets that of a connection that falls idle', async () => {
  const t = new PoolTester({ maxTotal: 1 })

  // given the only place taken, and another key being warmed
  const holder = t.get('a')
  const conn = (await t.wantDial('a')).finish()
  await holder.wantGot(conn)
  const warmed = t.pool.warm('b', 1)
  await t.wantNoDial()

  // when the connection is given back and nobody wants it
  holder.release()

  // then it makes room, as it would have if it had been idle before
  await t.wantClosed(conn, 'evicted')
  ;(await t.wantDial('b')).finish()
  await warmed
})
