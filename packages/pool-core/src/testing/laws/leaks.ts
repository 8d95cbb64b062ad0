import { activeResources, turns, WarningWatch } from './host.ts'
import type { LawSpec } from './law-spec.ts'
import { listenersOf } from './listeners.ts'
import type { Trial } from './trial.ts'

/** What may come and go in a process of itself while a law runs: a runner's own timers and pipes. */
const NOISE = 4

export const leakLaws: readonly LawSpec[] = [
  {
    id: 'leaks-1',
    title: 'no listener is left after 1,000 rounds of acquire and release',
    advice:
      'Take off in onLease() the listeners that onIdle() has put on: the same function, not a new one of the same text.',
    async check(t) {
      await withoutWarning(t, () => holdNoListenerLeft(t))
    },
  },
  {
    id: 'leaks-2',
    title: 'nothing is left open after 1,000 rounds of dial and close',
    advice:
      'End in close() all that dial() has made: the connection, its timers, and its listeners on what lives longer than it.',
    async check(t) {
      await withoutWarning(t, () => holdNothingLeft(t))
    },
  },
  {
    id: 'leaks-3',
    title: "no listener is left on a dial's signal when its connection is closed",
    advice:
      'Take the abort listener off link.signal when the dial has succeeded; { once: true } does it only for an abort.',
    async check(t) {
      const { conn, link } = await t.connect()
      t.close(conn)
      const isOff = await t.comesTrue(() => link.listeners === 0)
      t.hold(isOff, `${link.listeners} left after a dial that succeeded`)
    },
  },
  {
    id: 'leaks-4',
    title: 'no listener is left on the signal of a dial that was refused',
    advice:
      'Take the abort listener off link.signal when the dial has failed, too: finally { } is the place for it.',
    needs: ['refuses'],
    async check(t) {
      const refused = t.dial(t.hook('refusingTarget', 'refuses'))
      await t.within(refused.settling, 'the refused dial to settle')
      const isOff = await t.comesTrue(() => refused.link.listeners === 0)
      t.hold(isOff, `${refused.link.listeners} left after a dial that was refused`)
    },
  },
]

async function holdNoListenerLeft<Target, Conn extends object>(
  t: Trial<Target, Conn>,
): Promise<void> {
  const pool = t.pool()
  const round = async (): Promise<Conn> => {
    const lease = await t.within(pool.acquire(t.backend.target), 'a pool to lease a connection')
    lease.release()
    return lease.conn
  }
  const conn = await round()
  const first = listenersOf(t.backend, conn)
  for (let i = 1; i < t.rounds; i++) await round()
  const more = listenersOf(t.backend, conn) - first
  t.hold(more <= 0, `after ${t.rounds} rounds, the connection has ${more} listeners more`)
}

async function holdNothingLeft<Target, Conn extends object>(t: Trial<Target, Conn>): Promise<void> {
  const before = activeResources()
  for (let i = 0; i < t.rounds; i++) t.close((await t.connect()).conn)
  const allowed = Math.min(NOISE, Math.floor(t.rounds / 100))
  t.hold(await t.isDownTo(allowed), 'the far side still has connections that were closed')
  const isGone = await t.comesTrue(() => {
    const { handles, timers } = activeResources()
    return handles - before.handles <= NOISE && timers - before.timers <= NOISE
  })
  const { handles, timers } = activeResources()
  const more = `${handles - before.handles} handles and ${timers - before.timers} timers more`
  t.hold(isGone, `after ${t.rounds} rounds, ${more} than before keep the process alive`)
}

/** The host warns of more than ten listeners on one emitter, on those too that no law can see. */
async function withoutWarning<Target, Conn extends object>(
  t: Trial<Target, Conn>,
  run: () => Promise<void>,
): Promise<void> {
  const warnings = new WarningWatch()
  try {
    await run()
    await turns(2)
  } finally {
    warnings.stop()
  }
  const tooMany = warnings.names.includes('MaxListenersExceededWarning')
  t.hold(!tooMany, 'the host warned of too many listeners (MaxListenersExceededWarning)')
}
