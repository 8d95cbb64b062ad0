import { test } from 'vitest'
import { PoolTester } from '../../src/testing/index.ts'

test('warming at maxTotal ends the coldest idle connection of another key, though its own are colder', async () => {
  const t = new PoolTester({ maxTotal: 2 })

  // given an idle connection of the key to warm, and a warmer one of another key
  const [own] = await t.putIdle('a')
  const [other] = await t.putIdle('b')

  // when the key is warmed
  const warmed = t.pool.warm('a', 2)

  // then the other key's makes room
  if (other) await t.wantClosed(other, 'evicted')
  if (own) await t.wantOpen(own)
  ;(await t.wantDial('a')).finish()
  await warmed
})
