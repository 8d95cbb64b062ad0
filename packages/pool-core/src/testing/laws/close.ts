import { closeReasons } from '../../close-reason.ts'
import { show } from '../show.ts'
import type { LawSpec } from './law-spec.ts'
import type { Trial } from './trial.ts'

export const closeLaws: readonly LawSpec[] = [
  {
    id: 'close-1',
    title: 'a closed connection is gone from the far side',
    advice:
      'End the connection in close(), by force if need be: nobody will look at it again, and nobody waits for a goodbye.',
    async check(t) {
      for (const reason of closeReasons) {
        const { conn } = await t.connect()
        callClose(t, conn, reason)
        t.hold(await t.isDownTo(0), `the far side still has the one closed for '${reason}'`)
      }
    },
  },
  {
    id: 'close-2',
    title: 'an idle connection can be closed as it is',
    advice: 'Do not wait in close() for onLease() to come first: it will not.',
    async check(t) {
      const { conn } = await t.connect()
      t.adapter.onIdle?.(conn)
      callClose(t, conn)
      t.hold(await t.isDownTo(0), 'the far side still has a connection that was closed while idle')
    },
  },
  {
    id: 'close-3',
    title: 'close never throws, whatever the reason',
    advice:
      'Catch what the transport throws in close(), and take every reason for a reason to close.',
    async check(t) {
      for (const reason of closeReasons) {
        const { conn } = await t.connect()
        const fault = await faultOf(() => t.close(conn, reason))
        t.hold(fault === undefined, `close(conn, '${reason}') threw ${fault}`)
      }
    },
  },
  {
    id: 'close-4',
    title: 'closing twice does no harm',
    advice: 'Let a second close() of the same connection do nothing.',
    async check(t) {
      const { conn } = await t.connect()
      callClose(t, conn)
      const fault = await faultOf(() => t.close(conn))
      t.hold(fault === undefined, `the second close() threw ${fault}`)
      await t.isDownTo(0)
      const late = await faultOf(() => t.close(conn))
      t.hold(late === undefined, `a close() of what was closed long ago threw ${late}`)
    },
  },
  {
    id: 'close-5',
    title: 'a connection that its peer has ended can be closed',
    advice:
      'Expect the connection to be dead when close() is called: the pool may not have heard of it yet.',
    needs: ['dies'],
    async check(t) {
      const kill = t.hook('kill', 'dies')
      const { conn } = await t.connect()
      await kill(conn)
      const fault = await faultOf(() => t.close(conn))
      t.hold(fault === undefined, `close() threw ${fault}, right after the peer's end`)
      const { conn: second, link } = await t.connect()
      await kill(second)
      await t.comesTrue(() => link.closes > 0)
      const late = await faultOf(() => t.close(second))
      t.hold(late === undefined, `close() threw ${late}, long after the peer's end`)
    },
  },
  {
    id: 'close-6',
    title: 'a connection in use can be closed',
    advice:
      'End the connection in close() even if an answer is outstanding: pool.destroy() and lease.discard() mean it. What waits for that answer must fail.',
    async check(t) {
      const { conn } = await t.connect()
      const used = t.useUp(conn)
      const fault = await faultOf(() => t.close(conn))
      t.hold(fault === undefined, `close() threw ${fault}`)
      await t.within(used, 'the use of a closed connection to end, either way')
    },
  },
]

/** What `close` throws is the business of one law alone. */
function callClose<Target, Conn extends object>(
  t: Trial<Target, Conn>,
  ...args: Parameters<Trial<Target, Conn>['close']>
): void {
  try {
    Promise.resolve(t.close(...args)).catch(() => {})
  } catch {
    // close-3
  }
}

async function faultOf(close: () => unknown): Promise<string | undefined> {
  try {
    await close()
    return undefined
  } catch (error) {
    return show(error)
  }
}
