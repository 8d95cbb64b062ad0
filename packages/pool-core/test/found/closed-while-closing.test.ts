import { expect, test } from 'vitest'
import { type FakeConn, PoolTester } from '../../src/testing/index.ts'

test('a connection whose peer closes it in the connClosed hook is not closed once more', async () => {
  const t = new PoolTester({
    trace: { connClosed: ({ conn }: { conn: FakeConn }) => conn.die() },
  })

  // given a leased connection
  const want = t.get('a')
  const conn = (await t.wantDial('a')).finish()
  await want.wantGot(conn)

  // when the hook that tells of its end makes the adapter report it as gone
  want.discard()

  // then the adapter is not asked to close what it has reported
  expect(conn.closedFor).toBeUndefined()
})
