import { expect, test } from 'vitest'
import { PoolTester } from '../../src/testing/index.ts'

test('a key whose warming has failed for want of a place is not forgotten when it is used again', async () => {
  const t = new PoolTester({ maxTotal: 2 })

  // given a key that was warmed in part, and whose warming has failed
  const holder = t.get('a')
  await holder.wantGot((await t.wantDial('a')).finish())
  const warmed = t.pool.warm('b', 2)
  const error = new Error('refused')
  ;(await t.wantDial('b')).fail(error)
  await expect(warmed).rejects.toBe(error)
  expect([...t.pool.keys()]).toEqual(['a'])

  // when it is wanted again, and then a place becomes free
  const want = t.get('b')
  const dial = await t.wantDial('b')
  holder.discard()

  // then it is still known
  expect(t.pool.stats('b').dialing).toBe(1)
  await want.wantGot(dial.finish())
})
