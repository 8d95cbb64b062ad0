// Leases and links that are kept for ever, by a caller and by an adapter.

import { Pool } from '../../dist/index.js'
import { FakeClock } from '../../dist/testing/index.js'
import { HandAdapter, report, survivors, turn, watch } from './harness.mjs'

const links = []
const leases = []

/** A pool that is found out by what only it refers to: its adapter, its hooks and its clock. */
function newPool(refs, options) {
  const adapter = new HandAdapter()
  const clock = new FakeClock()
  const trace = { getConn() {} }
  watch(refs, { adapter, clock, trace })
  return { pool: new Pool(adapter, { clock, trace, ...options }), adapter, clock }
}

async function leased(refs, options) {
  const { pool, adapter, clock } = newPool(refs, options)
  const acquired = pool.acquire({ key: 'a' })
  const { link, resolve } = adapter.takeDial()
  const conn = { name: 'conn' }
  watch(refs, { conn })
  resolve(conn)
  return { pool, clock, link, lease: await acquired }
}

/** How a connection can end. */
const endings = {
  discarded: ({ lease }) => lease.discard(),
  detached: ({ lease }) => lease.detach(),
  'closed by its peer while leased': ({ link }) => link.closed(),
  'closed by its peer while idle': ({ lease, link }) => {
    lease.release()
    link.closed(new Error('reset'))
  },
  drained: ({ lease, link }) => {
    link.drain()
    lease.release()
  },
  'too long idle': ({ lease, clock }) => {
    lease.release()
    clock.advance(100_000)
  },
  'close-idle': ({ lease, pool }) => {
    lease.release()
    pool.closeIdle()
  },
  destroyed: ({ pool }) => pool.destroy(),
}

/** The pool lives on. */
async function keptLink(end) {
  const refs = {}
  const alive = await leased(refs)
  links.push(alive.link)
  end(alive)
  const { conn } = refs
  return { refs: { conn }, kept: alive.pool }
}

/** The pool is closed and dropped. */
async function keptLinkOfClosedPool(end) {
  const refs = {}
  const alive = await leased(refs)
  links.push(alive.link)
  end(alive)
  await alive.pool.close()
  return { refs }
}

/** How a dial can end, or not. */
const dials = {
  rejected: ({ reject }) => reject(new Error('refused')),
  'aborted and hung': ({ want, pool }) => {
    want.cancel()
    pool.closeIdle()
  },
  'timed out and hung': ({ clock }) => clock.advance(30_000),
  'aborted, then resolved': ({ want, pool, resolve }) => {
    want.cancel()
    pool.closeIdle()
    resolve({ name: 'late' })
  },
  'hung when the pool closed': () => {},
}

async function keptLinkOfDial(end) {
  const refs = {}
  const { pool, adapter, clock } = newPool(refs)
  const want = pool.want({ key: 'a' }, () => {})
  const { link, resolve, reject } = adapter.takeDial()
  links.push(link)
  end({ pool, clock, want, resolve, reject })
  await turn()
  await pool.close()
  await turn()
  // A late connection must still be closed, so the adapter itself may stay.
  return { refs: { clock: refs.clock, trace: refs.trace } }
}

/** A dial that never settles, though it was aborted, keeps neither its target nor its want. */
async function hungDial() {
  const refs = {}
  const { pool, adapter } = newPool({})
  const target = { key: 'a' }
  const settle = () => {}
  const want = pool.want(target, settle)
  watch(refs, { target, settle, want })
  const hung = adapter.takeDial()
  want.cancel()
  pool.closeIdle()
  await turn()
  if (!hung.link.signal.aborted) throw new Error('the dial was not aborted')
  return { refs, kept: { pool, hung } }
}

/** What its caller may do with a lease before it keeps it. */
const ends = {
  released: ({ lease }) => lease.release(),
  discarded: ({ lease }) => lease.discard(),
  detached: ({ lease }) => lease.detach(),
  'not ended, but lost': ({ link }) => link.closed(),
  'not ended, but the pool destroyed': ({ pool }) => pool.destroy(),
  'not ended, then of no more use': ({ lease, pool }) => {
    pool.destroy()
    lease.release()
  },
}

async function keptLease(end) {
  const refs = {}
  const alive = await leased(refs)
  leases.push(alive.lease)
  end(alive)
  await turn()
  const { adapter, clock, trace } = refs
  return { refs: { adapter, clock, trace } }
}

async function left(playing) {
  const { refs, kept } = await playing
  const names = await survivors(refs)
  if (kept !== undefined) leases.push(kept)
  return names
}

const each = (cases, run) =>
  Object.fromEntries(
    Object.entries(cases).map(([name, end]) => [`${run.name}: ${name}`, () => left(run(end))]),
  )

await report({
  ...each(endings, keptLink),
  ...each(endings, keptLinkOfClosedPool),
  ...each(dials, keptLinkOfDial),
  ...each(ends, keptLease),
  hungDial: () => left(hungDial()),
})
if (links.length + leases.length === 0) throw new Error('nothing was kept')
