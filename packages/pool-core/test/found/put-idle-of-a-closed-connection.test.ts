import { expect, test } from 'vitest'
import { PoolTester } from '../../src/testing/index.ts'

test('a paused connection that maxIdlePerKey closes at its release did not go idle', async () => {
  const events: string[] = []
  const t = new PoolTester({
    maxIdlePerKey: 1,
    trace: {
      putIdle: ({ conn }) => void events.push(`${conn.name} idle`),
      connClosed: ({ conn }) => void events.push(`${conn.name} closed`),
    },
  })

  // given an idle connection, and a leased one that is paused
  const want = t.get('a')
  const paused = (await t.wantDial('a')).finish()
  await want.wantGot(paused)
  await t.putIdle('a')
  paused.setCapacity(0)
  events.length = 0

  // when it comes back, and is the one too many
  want.release()
  await t.wantClosed(paused, 'max-idle-per-key')

  // then nobody hears of it as idle after its end
  expect(events).toEqual([`${paused.name} closed`])
})
