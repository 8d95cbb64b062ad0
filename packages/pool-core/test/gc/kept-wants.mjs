// Wants that have settled, and are kept for ever by their callers.

import { Pool } from '../../dist/index.js'
import { FakeClock } from '../../dist/testing/index.js'
import { HandAdapter, report, survivors, turn, watch } from './harness.mjs'

/** How a want can end. `play` has the pool, its adapter and clock, and what the want was given. */
const endings = {
  got: ({ adapter, conn }) => adapter.takeDial().resolve(conn),
  failed: ({ adapter, error }) => adapter.takeDial().reject(error),
  canceled: ({ want, error }) => want.cancel(error),
  aborted: ({ controller, error }) => controller.abort(error),
  timedOut: ({ clock }) => clock.advance(60_000),
  closed: ({ pool }) => pool.close(),
  destroyed: ({ pool, error }) => pool.destroy(error),
}

/** What is there before the want is stated, where that matters. */
const settings = {
  'got at once': async ({ pool, adapter, conn }) => {
    const first = pool.acquire({ key: 'a' })
    adapter.takeDial().resolve(conn)
    ;(await first).release()
  },
  'aborted before': ({ controller, error }) => controller.abort(error),
  'refused by a full line': ({ pool }) => pool.want({ key: 'a' }, () => {}),
  'refused by a closed pool': ({ pool }) => pool.close(),
}

/** Nothing of this frame outlives it but what is returned. */
async function play(prepare, end, options) {
  const refs = {}
  const clock = new FakeClock()
  const adapter = new HandAdapter()
  const pool = new Pool(adapter, { clock, dialTimeoutMs: 90_000, ...options })
  const controller = new AbortController()
  const target = { key: 'a' }
  const conn = { name: 'conn' }
  const error = new Error('its own')
  const trace = { gotConn() {}, wantFailed() {} }
  let settled = 0
  const settle = (failure, lease) => {
    settled++
    watch(refs, { lease, failure: failure ?? undefined })
    lease?.discard()
  }
  watch(refs, { signal: controller.signal, target, conn, error, trace, settle })
  await prepare?.({ pool, adapter, conn, controller, error })
  const given = { signal: controller.signal, timeoutMs: 60_000, trace }
  const want = pool.want(target, settle, given)
  end?.({ pool, adapter, clock, want, controller, conn, error })
  await turn()
  adapter.dropDials()
  if (settled !== 1 || want.waiting) throw new Error('the want has not settled')
  return { kept: { want, pool, adapter, clock }, refs }
}

/** The adapter never settles its dial; the want takes what another caller gives back. */
async function servedByAnother() {
  const refs = {}
  const adapter = new HandAdapter()
  const pool = new Pool(adapter, { clock: new FakeClock() })
  const first = pool.acquire({ key: 'a' })
  const conn = { name: 'conn' }
  adapter.takeDial().resolve(conn)
  const holder = await first
  const target = { key: 'a' }
  const settle = (_error, lease) => {
    watch(refs, { lease })
    lease.discard()
  }
  watch(refs, { conn, target, settle })
  const want = pool.want(target, settle)
  holder.release()
  await turn()
  return { kept: { want, pool, adapter }, refs }
}

/** One in the middle of a long line gives up; those before and behind it wait on. */
async function middleOfALine() {
  const refs = {}
  const adapter = new HandAdapter()
  const pool = new Pool(adapter, { clock: new FakeClock(), maxPerKey: 1 })
  const neighbours = []
  const join = () => neighbours.push(pool.want({ key: 'a' }, () => {}))
  for (let i = 0; i < 500; i++) join()
  const target = { key: 'a' }
  const settle = () => {}
  const trace = { wantFailed() {} }
  const controller = new AbortController()
  const { signal } = controller
  const kept = pool.want(target, settle, { trace, signal, timeoutMs: 60_000 })
  const dropped = pool.want({ key: 'a' }, () => {})
  watch(refs, { target, settle, trace, signal, dropped })
  for (let i = 0; i < 500; i++) join()
  kept.cancel()
  dropped.cancel()
  await turn()
  if (pool.stats().waiting !== 1000) throw new Error('the others do not wait')
  return { kept: { neighbours, kept, pool, adapter }, refs }
}

/** Its caller keeps nothing, not even the promise. */
async function droppedPromise() {
  const refs = {}
  const adapter = new HandAdapter()
  const pool = new Pool(adapter, { clock: new FakeClock() })
  const error = new Error('its own')
  const target = { key: 'a' }
  watchPromise(refs, pool.acquire(target))
  watch(refs, { error, target })
  adapter.takeDial().reject(error)
  await turn()
  return { kept: { pool, adapter }, refs }
}

function watchPromise(refs, promise) {
  watch(refs, { promise })
  promise.catch(() => {})
}

async function left(playing) {
  const { kept, refs } = await playing
  const names = await survivors(refs)
  // Used after the collection, so that it was there during it.
  if (Object.values(kept).includes(undefined)) throw new Error('nothing was kept')
  return names
}

await report({
  ...Object.fromEntries(
    Object.entries(endings).map(([name, end]) => [name, () => left(play(undefined, end))]),
  ),
  ...Object.fromEntries(
    Object.entries(settings).map(([name, prepare]) => [
      name,
      () => left(play(prepare, undefined, { maxWaiting: 1 })),
    ]),
  ),
  'served by another while its dial hangs': () => left(servedByAnother()),
  'canceled in the middle of a line': () => left(middleOfALine()),
  'promise dropped': () => left(droppedPromise()),
})
