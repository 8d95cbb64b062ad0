import { show } from '../show.ts'
import { activeResources } from './host.ts'
import type { LawSpec } from './law-spec.ts'
import type { Trial } from './trial.ts'

const LOOKS = 100

export const brokenLaws: readonly LawSpec[] = [
  {
    id: 'broken-1',
    title: 'isBroken() answers at once, with true or false',
    advice: 'Return a boolean from isBroken(), not a promise: the pool does not wait for it.',
    needs: ['isBroken'],
    async check(t) {
      const { conn } = await t.connect()
      const answer: unknown = t.adapter.isBroken?.(conn)
      t.hold(typeof answer === 'boolean', `isBroken() returned ${show(answer)}`)
    },
  },
  {
    id: 'broken-2',
    title: 'a connection that works is not broken',
    advice:
      'Let isBroken() be false for a connection that is fresh, that has been used, and that is idle; else none is ever used again.',
    needs: ['isBroken'],
    async check(t) {
      const { conn } = await t.connect()
      const isBroken = (): boolean => t.adapter.isBroken?.(conn) === true
      t.hold(!isBroken(), 'isBroken() is true for a fresh connection')
      await t.use(conn)
      t.hold(!isBroken(), 'isBroken() is true after a first use')
      t.adapter.onIdle?.(conn)
      t.hold(!isBroken(), 'isBroken() is true for an idle connection')
      t.adapter.onLease?.(conn)
      t.hold(!isBroken(), 'isBroken() is true for a connection that was idle')
    },
  },
  {
    id: 'broken-3',
    title: 'a connection whose end was reported is broken',
    advice: 'Let isBroken() be true before link.closed() is called, and ever after.',
    needs: ['isBroken', 'dies'],
    async check(t) {
      const { conn, link } = await t.connect()
      await t.hook('kill', 'dies')(conn)
      t.useUp(conn)
      // One that is never reported breaks another law.
      if (!(await t.comesTrue(() => link.closes > 0))) return
      t.hold(Boolean(t.adapter.isBroken?.(conn)), 'isBroken() is false after link.closed()')
    },
  },
  {
    id: 'broken-4',
    title: 'isBroken() looks, and starts nothing',
    advice:
      'Answer from what is known already: no ping, no query, no timer. It is called at every hand-over.',
    needs: ['isBroken'],
    async check(t) {
      const { conn } = await t.connect()
      const fresh = await received(t)
      await t.use(conn)
      const used = await received(t)
      const before = activeResources()
      for (let i = 0; i < LOOKS; i++) Promise.resolve(t.adapter.isBroken?.(conn)).catch(() => {})
      const after = activeResources()
      const isQuiet = after.handles <= before.handles && after.timers <= before.timers
      t.hold(isQuiet, 'isBroken() has begun something that keeps the process busy')
      await t.use(conn)
      const sent = (await received(t)) - used - (used - fresh)
      t.hold(sent < LOOKS, `the far side has received ${sent} for ${LOOKS} looks`)
    },
  },
]

async function received<Target, Conn extends object>({
  backend,
}: Trial<Target, Conn>): Promise<number> {
  return (await backend.received?.()) ?? 0
}
