import { isObject } from '../../dial.ts'
import { show } from '../show.ts'
import { microtasks, turns } from './host.ts'
import type { LawSpec } from './law-spec.ts'
import { abortAtEveryMoment, PROMPT_TURNS } from './moments.ts'
import type { Trial } from './trial.ts'
import type { TrialDial } from './trial-dial.ts'

export const dialLaws: readonly LawSpec[] = [
  {
    id: 'dial-1',
    title: 'a dial resolves with a connection that works',
    advice:
      'Resolve only when the connection can be used at once: connected, greeted, logged in. Resolve with an object.',
    async check(t) {
      const dial = t.dial()
      // In the very moment in which it is there: a pool's caller may do the same.
      const used = dial.settling.then(() => useFresh(t, dial))
      await t.within(used, 'a dial of a target that answers, and a first use, to end')
      const { link } = dial
      t.hold(link.closes === 0, 'link.closed() was called for a connection that works')
    },
  },
  {
    id: 'dial-2',
    title: 'each dial brings a connection of its own',
    advice:
      'Open a connection for each call of dial(), and wrap it in an object made for it alone.',
    async check(t) {
      const [first, second] = await Promise.all([t.connect(), t.connect()])
      t.hold(first.conn !== second.conn, 'two dials resolved with the same object')
      // The near end may know of a connection before the far side does.
      const hasBoth = await t.comesTrue(async () => (await t.open()) >= 2)
      t.hold(hasBoth, 'two dials resolved, and the far side has not two connections')
    },
  },
  {
    id: 'dial-3',
    title: "a dial that is refused rejects with the backend's own error",
    advice:
      'Reject with the very error that the transport or the far side gave: callers look at its code.',
    needs: ['refuses'],
    async check(t) {
      const dial = t.dial(t.hook('refusingTarget', 'refuses'))
      await t.within(dial.settling, 'the refused dial to reject')
      t.hold(dial.hasFailed, 'a dial of refusingTarget resolved')
      const { refusedWith = (error: unknown) => error instanceof Error } = t.backend
      const isRefusal =
        typeof refusedWith === 'string'
          ? (dial.error as { code?: unknown } | null)?.code === refusedWith
          : refusedWith(dial.error)
      t.hold(isRefusal, `it rejected with ${show(dial.error)}, which is not the refusal`)
    },
  },
  {
    id: 'dial-4',
    title: 'a dial that is refused leaves nothing open',
    advice: 'Before dial() rejects, end whatever it has opened so far, also after a failed login.',
    needs: ['refuses'],
    async check(t) {
      const dial = t.dial(t.hook('refusingTarget', 'refuses'))
      await t.within(dial.settling, 'the refused dial to settle')
      t.hold(await t.isDownTo(0), 'the far side still has a connection of the refused dial')
    },
  },
  {
    id: 'dial-5',
    title: 'a dial whose signal is aborted already rejects, and opens nothing',
    advice:
      'Look at link.signal.aborted first (an abort listener hears nothing of an abort that was before it), and after each await.',
    async check(t) {
      const dial = t.dial(t.backend.target, { reason: new Error('aborted before it began') })
      await t.within(dial.settling, 'the aborted dial to settle')
      t.hold(dial.hasFailed, 'it resolved')
      await turns(PROMPT_TURNS)
      t.hold((await t.open()) === 0, 'the far side sees a connection')
    },
  },
  {
    id: 'dial-6',
    title: 'a dial that is aborted, at whatever moment, ends within two turns of the event loop',
    advice:
      'Reject as soon as link.signal aborts, and clean up behind that: whoever waits for the dial must not wait for a goodbye.',
    async check(t) {
      await abortAtEveryMoment(t, new Error('aborted'), (dial, moment) => {
        t.hold(dial.settled !== undefined, `aborted ${moment}, it was still not settled after that`)
      })
    },
  },
  {
    id: 'dial-7',
    title: "a dial that is aborted rejects with the signal's own reason",
    advice:
      'Reject with link.signal.reason as it is, even if it is no Error: link.signal.throwIfAborted() does it.',
    async check(t) {
      const error = new Error('aborted')
      const early = t.dial(t.backend.target, { reason: error })
      await t.comesTrue(() => early.settled !== undefined)
      t.hold(hasRejectedOnlyWith(early, error), `aborted before it began, ${whatItDid(early)}`)
      for (const reason of [error, 'a string', null]) {
        await abortAtEveryMoment(t, reason, (dial, moment) => {
          const isReason = hasRejectedOnlyWith(dial, reason)
          t.hold(isReason, `aborted with ${show(reason)} ${moment}, ${whatItDid(dial)}`)
        })
      }
    },
  },
  {
    id: 'dial-8',
    title: 'a dial that is aborted leaves nothing open, however late',
    advice:
      'End what the dial has opened at whatever stage it is, also what a step that was under way brings only after the abort.',
    async check(t) {
      await abortAtEveryMoment(t, new Error('aborted'), () => undefined)
      // A dial begun after all of those has come as far as they could.
      const { conn } = await t.connect()
      await t.use(conn)
      t.close(conn)
      t.hold(await t.isDownTo(0), 'the far side still has connections of aborted dials')
    },
  },
  {
    id: 'dial-9',
    title: 'a dial that gets no answer can be aborted, and leaves nothing open',
    advice:
      'Listen to link.signal through every stage of the dial, the greeting and the login too, not only until it is connected.',
    needs: ['stalls'],
    async check(t) {
      const dial = t.dial(t.hook('silentTarget', 'stalls'))
      await t.comesTrue(async () => (await t.open()) > 0)
      await turns(PROMPT_TURNS)
      t.hold(dial.settled === undefined, 'a dial of silentTarget settled by itself')
      dial.abort(new Error('no answer'))
      await turns(PROMPT_TURNS)
      t.hold(dial.hasFailed, 'it did not reject within two turns of the event loop')
      t.hold(await t.isDownTo(0), 'the far side still has its connection')
    },
  },
  {
    id: 'dial-10',
    title: 'an abort ends its own dial alone',
    advice: 'Keep what belongs to a dial in that call of dial(), not in the adapter.',
    async check(t) {
      const aborted = t.dial()
      const other = t.dial()
      await microtasks(1)
      aborted.abort(new Error('aborted'))
      await t.within(other.settling, 'the dial beside an aborted one to settle')
      t.hold(!other.hasFailed, `the dial beside it rejected with ${show(other.error)}`)
      if (other.conn === undefined) return
      await t.use(other.conn, 'the connection dialed beside an aborted one')
    },
  },
  {
    id: 'dial-11',
    title: 'nothing is reported before dial() has returned',
    advice:
      'Call link.closed() and link.drain() from events, later: until dial() has returned, reject or throw instead. (link.setCapacity() may be called at once.)',
    async check(t) {
      const { target, refusingTarget = target, silentTarget = target } = t.backend
      for (const [name, it] of Object.entries({ target, refusingTarget, silentTarget })) {
        const dial = t.dial(it)
        dial.abort(new Error('over'))
        const { tooEarly } = dial.link
        t.hold(tooEarly.length === 0, `for ${name}, dial() called ${tooEarly.join(', ')}`)
      }
    },
  },
]

interface Settled {
  readonly hasFailed: boolean
  readonly error: unknown
  readonly settled: unknown
}

/** One that has resolved was too quick for the abort, and one that hangs breaks another law. */
function hasRejectedOnlyWith(dial: Settled, reason: unknown): boolean {
  return !dial.hasFailed || Object.is(dial.error, reason)
}

function whatItDid(dial: Settled): string {
  return `it rejected with ${show(dial.error)}`
}

async function useFresh<Target, Conn extends object>(
  t: Trial<Target, Conn>,
  { conn, hasFailed, error }: TrialDial<Conn>,
): Promise<void> {
  t.hold(!hasFailed, `dial() rejected for a target that answers: ${show(error)}`)
  if (isObject(conn)) await t.use(conn, 'a fresh connection')
  else t.hold(false, `dial() resolved with ${show(conn)}, which is no object`)
}
