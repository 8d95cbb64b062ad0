import { expect, test } from 'vitest'
import { PoolTester } from '../../src/testing/index.ts'

test('a capacity told to an idle connection does not count as use: the warmest stays the warmest', async () => {
  const t = new PoolTester()

  // given two idle connections, the first one colder
  const [cold, warm] = await t.putIdle('a', 2)

  // when the adapter tells the cold one's capacity
  cold?.setCapacity(1)

  // then the warm one is still handed out first
  expect(t.pool.tryAcquire('a')?.conn).toBe(warm)
})

test('a capacity told to the coldest idle connection does not save it from maxIdlePerKey', async () => {
  const t = new PoolTester({ maxIdlePerKey: 2 })

  // given two idle connections and a third in use
  const third = t.get('a')
  await third.wantGot((await t.wantDial('a')).finish())
  const [cold, warm] = await t.putIdle('a', 2)

  // when the coldest is told its capacity, and the third comes back
  cold?.setCapacity(1)
  third.release()

  // then the coldest goes
  if (cold) await t.wantClosed(cold, 'max-idle-per-key')
  if (warm) await t.wantOpen(warm)
})
