import { show } from '../show.ts'
import { Takeover, turns } from './host.ts'
import type { LawSpec } from './law-spec.ts'
import { abortAtEveryMoment } from './moments.ts'
import type { Trial } from './trial.ts'

export const uncaughtLaws: readonly LawSpec[] = [
  {
    id: 'uncaught-1',
    title: 'no promise is rejected with nobody to see it',
    advice:
      'Catch what an internal promise of dial() or close() rejects with after the dial was aborted or the connection closed.',
    needs: ['uncaught'],
    async check(t) {
      const heard = await heardDuring('unhandledRejection', t)
      t.hold(heard.length === 0, `${heard.length} unhandled; the first is ${show(heard[0])}`)
    },
  },
  {
    id: 'uncaught-2',
    title: 'no error is thrown with nobody to catch it',
    advice:
      "Keep an 'error' listener on whatever the connection is made of, from its first moment until long after its end, and throw in no listener and no timer.",
    needs: ['uncaught'],
    async check(t) {
      const heard = await heardDuring('uncaughtException', t)
      t.hold(heard.length === 0, `${heard.length} uncaught; the first is ${show(heard[0])}`)
    },
  },
]

/** Enough turns for what is left of a connection to come to its end. */
const AFTERMATH = 20

async function heardDuring<Target, Conn extends object>(
  event: ConstructorParameters<typeof Takeover>[0],
  t: Trial<Target, Conn>,
): Promise<unknown[]> {
  const takeover = new Takeover(event)
  try {
    await liveThroughAll(t)
    await t.isDownTo(0)
    await turns(AFTERMATH)
  } finally {
    takeover.stop()
  }
  return takeover.heard
}

/** All that can happen to a dial and a connection; what goes wrong there is for other laws. */
async function liveThroughAll<Target, Conn extends object>(t: Trial<Target, Conn>): Promise<void> {
  await failDials(t)
  await abortAtEveryMoment(t, new Error('aborted'), () => undefined)
  await closeInUse(t)
  await endByPeer(t, (conn) => t.adapter.onIdle?.(conn))
  await endByPeer(t, () => undefined)
  await endByPeer(t, (conn) => void t.useUp(conn))
  await endWithPool(t)
}

async function failDials<Target, Conn extends object>(t: Trial<Target, Conn>): Promise<void> {
  const { target, refusingTarget, silentTarget } = t.backend
  const early = t.dial(target, { reason: new Error('aborted before it began') })
  await t.comesTrue(() => early.settled !== undefined)
  if (refusingTarget !== undefined) {
    const refused = t.dial(refusingTarget)
    await t.comesTrue(() => refused.settled !== undefined)
  }
  if (silentTarget === undefined) return
  const stalled = t.dial(silentTarget)
  await turns(AFTERMATH)
  stalled.abort(new Error('aborted'))
}

async function closeInUse<Target, Conn extends object>(t: Trial<Target, Conn>): Promise<void> {
  const { conn } = await t.connect()
  const used = t.useUp(conn)
  quietly(() => t.close(conn))
  let isOver = false
  used.then(() => (isOver = true))
  await t.comesTrue(() => isOver)
}

async function endByPeer<Target, Conn extends object>(
  t: Trial<Target, Conn>,
  before: (conn: Conn) => unknown,
): Promise<void> {
  const { conn, link } = await t.connect()
  before(conn)
  if (t.backend.kill === undefined) return t.closeLeft({ conn, link })
  const open = await t.open()
  await t.backend.kill(conn)
  await t.isDownTo(open - 1)
  await turns(AFTERMATH)
}

/** What is reported after its close concerns nobody. */
async function endWithPool<Target, Conn extends object>(t: Trial<Target, Conn>): Promise<void> {
  const pool = t.pool()
  const lease = await t.within(pool.acquire(t.backend.target), 'a pool to lease a connection')
  const closing = pool.close()
  await t.backend.kill?.(lease.conn)
  await turns(AFTERMATH)
  lease.release()
  await t.within(closing, 'pool.close() to resolve')
}

function quietly(run: () => unknown): void {
  try {
    run()
  } catch {
    // close-3
  }
}
