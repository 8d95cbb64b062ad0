import { show } from '../show.ts'
import type { LawSpec } from './law-spec.ts'

export const linkLaws: readonly LawSpec[] = [
  {
    id: 'link-1',
    title: 'the end of an idle connection is reported',
    advice:
      'Listen for the end of the connection as long as it lives, while it is idle too, and call link.closed() then.',
    needs: ['dies'],
    async check(t) {
      const { conn, link } = await t.connect()
      t.adapter.onIdle?.(conn)
      await t.hook('kill', 'dies')(conn)
      await t.until('link.closed() after its peer ended it', () => link.closes > 0)
    },
  },
  {
    id: 'link-2',
    title: 'the end of a leased connection is reported, at the latest when it is used',
    advice:
      'Listen for the end of the connection while it is leased too, and call link.closed() then: it frees its place in the pool at once.',
    needs: ['dies'],
    async check(t) {
      const { conn, link } = await t.connect()
      t.adapter.onIdle?.(conn)
      t.adapter.onLease?.(conn)
      await t.hook('kill', 'dies')(conn)
      t.useUp(conn)
      await t.until('link.closed() after its peer ended it', () => link.closes > 0)
    },
  },
  {
    id: 'link-3',
    title: 'the end of a connection is reported on its own link alone',
    advice: 'Keep the link of each dial beside the connection that this dial brings.',
    needs: ['dies'],
    async check(t) {
      const ended = await t.connect()
      const other = await t.connect()
      await t.hook('kill', 'dies')(ended.conn)
      t.useUp(ended.conn)
      await t.comesTrue(() => ended.link.closes + other.link.closes > 0)
      t.hold(other.link.closes === 0, 'it was reported on the link of another connection')
      await t.use(other.conn, 'the other connection')
    },
  },
  {
    id: 'link-4',
    title: 'a connection that has ended does not come back',
    advice:
      'Switch off the automatic reconnection of the client that you wrap: the pool dials again when somebody wants it.',
    needs: ['dies'],
    async check(t) {
      const { conn, link } = await t.connect()
      await t.hook('kill', 'dies')(conn)
      await t.comesTrue(() => link.closes > 0)
      t.hold(await t.isDownTo(0), 'the far side has a connection again')
      // As long as a dial takes, at least.
      const next = await t.connect()
      await t.use(next.conn)
      t.hold((await t.open()) <= 1, 'the far side has one connection too many')
    },
  },
  {
    id: 'link-5',
    title: "the far side's request for no further work is reported",
    advice:
      'Call link.drain() when the far side says so, whether the connection is leased or idle.',
    needs: ['drains'],
    async check(t) {
      const drain = t.hook('drain', 'drains')
      const leased = await t.connect()
      await drain(leased.conn)
      await t.until('link.drain() of a leased connection', () => leased.link.drains > 0)
      const idle = await t.connect()
      t.adapter.onIdle?.(idle.conn)
      await drain(idle.conn)
      await t.until('link.drain() of an idle connection', () => idle.link.drains > 0)
    },
  },
  {
    id: 'link-6',
    title: 'a change of capacity is reported',
    advice: 'Call link.setCapacity() each time the far side changes it, up and down.',
    needs: ['resizes'],
    async check(t) {
      const setCapacity = t.hook('setCapacity', 'resizes')
      const { conn, link } = await t.connect()
      for (const capacity of [3, 1, 7]) {
        await setCapacity(conn, capacity)
        const isTold = () => link.capacities.at(-1) === capacity
        await t.until(`link.setCapacity(${capacity})`, isTold)
      }
    },
  },
  {
    id: 'link-7',
    title: 'each capacity is a whole number or Infinity',
    advice:
      'Give setCapacity() 0 or more and let expectedCapacity() return 1 or more, never NaN or a fraction: check what the far side says.',
    async check(t) {
      const expected: unknown = t.adapter.expectedCapacity?.(t.backend.target) ?? 1
      t.hold(isCount(expected, 1), `expectedCapacity() returned ${show(expected)}`)
      const { conn, link } = await t.connect()
      await t.use(conn)
      const wrong = link.capacities.filter((capacity) => !isCount(capacity, 0))
      t.hold(wrong.length === 0, `link.setCapacity(${show(wrong[0])}) was called`)
    },
  },
  {
    id: 'link-8',
    title: 'the methods of a link are called on the link',
    advice:
      'Keep the link and call link.closed(): not const { closed } = link, and not link.closed as a listener, but () => link.closed().',
    async check(t) {
      for (const deed of [undefined, 'setCapacity', 'drain', 'kill'] as const) {
        if (deed !== undefined && t.backend[deed] === undefined) continue
        const { conn, link } = await t.connect()
        const before = link.reports
        if (deed !== undefined) {
          await t.backend[deed]?.(conn, OTHER_CAPACITY)
          t.useUp(conn)
          // One that is never reported breaks another law.
          await t.comesTrue(() => link.reports > before)
        }
        const [apart] = link.calledApart
        t.hold(apart === undefined, `link.${apart}() was called apart from its link`)
      }
    },
  },
]

/** Hardly what a connection has anyway. */
const OTHER_CAPACITY = 3

function isCount(value: unknown, min: number): boolean {
  if (value === Number.POSITIVE_INFINITY) return true
  return typeof value === 'number' && Number.isInteger(value) && value >= min
}
