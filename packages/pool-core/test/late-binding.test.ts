import { test } from 'vitest'
import { PoolTester } from '../src/testing/index.ts'

test('94, 95: a released connection beats a dial still in flight, and the late dial goes idle', async () => {
  const t = new PoolTester({ maxPerKey: 2 })

  // given one connection in use, and a second want whose dial has begun
  const first = t.get('a')
  const conn = (await t.wantDial('a')).finish()
  await first.wantGot(conn)
  const second = t.get('a')
  const dial = await t.wantDial('a')

  // when the first caller is done before that dial is
  first.release()

  // then the second want takes the warm connection, and the late one goes idle
  await second.wantGot(conn)
  await t.wantIdle('a', dial.finish())
})
