import { activeResources, turns } from './host.ts'
import type { LawSpec } from './law-spec.ts'
import type { Trial } from './trial.ts'

/** More than a runner could have begun or ended in the meantime. */
const CONNS = 5

export const idleLaws: readonly LawSpec[] = [
  {
    id: 'idle-1',
    title: 'a connection that was idle serves again as before',
    advice:
      'Undo in onLease() all that onIdle() did: listeners, a paused or flowing stream, timers.',
    async check(t) {
      const { conn, link } = await t.connect()
      for (const time of ['first', 'second', 'third']) {
        t.adapter.onIdle?.(conn)
        await turns(2)
        t.adapter.onLease?.(conn)
        await t.use(conn, `a connection, after its ${time} time as an idle one`)
      }
      t.hold(link.closes === 0, 'link.closed() was called for a connection that works')
    },
  },
  {
    id: 'idle-2',
    title: 'an idle connection does not keep the process alive',
    advice:
      'Call unref() in onIdle() on the socket, worker or process behind the connection, and on each timer of it.',
    needs: ['holdsProcess', 'resources'],
    async check(t) {
      const before = activeResources()
      const conns = await connectAll(t)
      const leased = activeResources()
      for (const conn of conns) t.adapter.onIdle?.(conn)
      const isLess = await t.comesTrue(() => activeResources().handles <= leased.handles - CONNS)
      const { handles, timers } = activeResources()
      const left = CONNS - (leased.handles - handles)
      t.hold(isLess, `of ${CONNS} idle connections, ${left} still keep the process alive`)
      t.hold(timers - before.timers < CONNS, 'a timer of each idle connection keeps it alive')
    },
  },
  {
    id: 'idle-3',
    title: 'a connection that is leased again keeps the process alive again',
    advice:
      'Call ref() in onLease() on whatever onIdle() has unref()ed: somebody waits for an answer.',
    needs: ['holdsProcess', 'resources'],
    async check(t) {
      const conns = await connectAll(t)
      const leased = activeResources()
      for (const conn of conns) t.adapter.onIdle?.(conn)
      await turns(2)
      for (const conn of conns) t.adapter.onLease?.(conn)
      const isBack = await t.comesTrue(() => activeResources().handles > leased.handles - CONNS)
      t.hold(isBack, 'connections that were idle and are leased again let the process end')
    },
  },
]

async function connectAll<Target, Conn extends object>(t: Trial<Target, Conn>): Promise<Conn[]> {
  const conns: Conn[] = []
  for (let i = 0; i < CONNS; i++) conns.push((await t.connect()).conn)
  for (const conn of conns) await t.use(conn)
  return conns
}
