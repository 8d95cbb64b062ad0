import { test } from 'vitest'
import { PoolTester } from '../../src/testing/index.ts'

test('a place that becomes free goes to a want before it goes to warming', async () => {
  const t = new PoolTester({ maxPerKey: 1, maxTotal: 2 })

  // given both places taken, one key being warmed, and a second want of a key at its own limit
  const holder = t.get('a')
  const conn = (await t.wantDial('a')).finish()
  await holder.wantGot(conn)
  const other = t.get('b')
  await other.wantGot((await t.wantDial('b')).finish())
  const next = t.get('a')
  const warmed = t.pool.warm('c', 1)
  warmed.catch(() => {})
  await t.wantNoDial()

  // when the connection of that key is lost
  conn.die()

  // then its place goes to the want
  await next.wantGot((await t.wantDial('a')).finish())
  await t.wantNoDial()
})
