import { test } from 'vitest'
import { PoolTester } from '../../src/testing/index.ts'

test('a fresh connection that its own want takes whole is no hand-over, so nobody held back ends it', async () => {
  const t = new PoolTester({ maxTotal: 2, fairAfterMs: 100 })

  // given two dials of a key in flight, a want of another key held back long, and one more of the first
  const first = t.get('a')
  const second = t.get('a')
  const other = t.get('b')
  t.get('a')
  const [dial, slower] = [await t.wantDial('a'), await t.wantDial('a')]
  t.advance(101)

  // when the first dial brings its own want's connection, and the second one's place is free
  const conn = dial.finish()
  await first.wantGot(conn)
  const error = new Error('refused')
  slower.fail(error)
  await second.wantFailed({ error })

  // then the other key dials, and the first connection lives on
  await other.wantGot((await t.wantDial('b')).finish())
  first.release()
  await t.wantOpen(conn)
})
