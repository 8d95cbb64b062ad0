import { expect, test } from 'vitest'
import { PoolTester } from '../../src/testing/index.ts'

test('a connection that was discarded in its last use is closed as discarded, with its error', async () => {
  const reasons: unknown[] = []
  const t = new PoolTester({
    maxUses: 1,
    trace: { connClosed: ({ reason, error }) => reasons.push(reason, error) },
  })
  const only = t.get('a')
  const conn = (await t.wantDial('a')).finish()
  const lease = await only.wantGot(conn)
  const error = new Error('half an answer')

  lease.discard(error)

  await t.wantClosed(conn, 'discarded')
  expect(reasons).toEqual(['discarded', error])
})

test('a connection that its peer closed in its last use is closed by its peer', async () => {
  const t = new PoolTester({ maxUses: 1 })
  const only = t.get('a')
  const dial = await t.wantDial('a')
  await only.wantGot(dial.finish())

  dial.link.closed(new Error('reset'))

  expect(t.pool.stats().totals.closed['closed-by-peer']).toBe(1)
})
