import { activeKinds, activeResources, turns } from './host.ts'
import type { LawSpec } from './law-spec.ts'
import type { Trial } from './trial.ts'

const CONNS = 8
/** More of a kind than a runner, or the end of the law before, could have begun or ended meanwhile. */
const MANY = CONNS / 2

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
      'Call unref() in onIdle() on all that is behind the connection: its socket, worker or process, the channel to it, its timers. If what is named is held by the far side in your test, call unref() on it in setup().',
    needs: ['holdsProcess', 'resources'],
    async check(t) {
      const before = activeKinds()
      const conns = await connectAll(t)
      const leased = activeKinds()
      for (const conn of conns) t.adapter.onIdle?.(conn)
      let held: string[] = []
      await t.comesTrue(() => {
        held = heldWhileIdle(before, leased, activeKinds())
        return held.length === 0
      })
      t.hold(held.length === 0, `${CONNS} idle connections still hold ${held.join(', ')}`)
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
      const isBack = await t.comesTrue(() => activeResources().handles > leased.handles - MANY)
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

/**
 * Kinds of which each connection still holds one. A far side in this process may hold one of a kind
 * for each connection, too: so a kind is held if many are left, and not many have been let go.
 */
function heldWhileIdle(before: Kinds, leased: Kinds, idle: Kinds): string[] {
  return [...leased.keys()].filter((kind) => {
    const left = countOf(idle, kind) - countOf(before, kind)
    const letGo = countOf(leased, kind) - countOf(idle, kind)
    return left >= MANY && letGo < MANY
  })
}

type Kinds = ReadonlyMap<string, number>

function countOf(kinds: Kinds, kind: string): number {
  return kinds.get(kind) ?? 0
}
