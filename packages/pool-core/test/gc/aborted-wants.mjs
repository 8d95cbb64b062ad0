// Wants that are aborted while they wait, by the million.

import { getEventListeners, setMaxListeners } from 'node:events'
import { Pool } from '../../dist/index.js'
import { HandAdapter, heapUsed, report } from './harness.mjs'

const WANTS = 1_000_000
const WARM_UP = 50_000
// The host looks through a signal's listeners for each that is added, so no more than this on one.
const AT_ONCE = 20

let listeners = 0
const { addEventListener, removeEventListener } = EventTarget.prototype
EventTarget.prototype.addEventListener = function (type, ...rest) {
  if (type === 'abort') listeners++
  return addEventListener.call(this, type, ...rest)
}
EventTarget.prototype.removeEventListener = function (type, ...rest) {
  if (type === 'abort') listeners--
  return removeEventListener.call(this, type, ...rest)
}

// So many listeners on one signal are meant here.
setMaxListeners(0)

const reason = new Error('aborted')

/** One signal aborts all of a round at once. */
function abortTogether(pool, settle) {
  const controller = new AbortController()
  for (let i = 0; i < AT_ONCE; i++) pool.want({ key: 'a' }, settle, { signal: controller.signal })
  controller.abort(reason)
  return [controller]
}

/** The pool asks no more of a signal. A million of the host's own would take a minute. */
class PlainController {
  aborted = false
  reason
  #listener
  signal = this

  addEventListener(_type, listener) {
    listeners++
    this.#listener = listener
  }

  removeEventListener() {
    listeners--
    this.#listener = undefined
  }

  abort(why) {
    this.aborted = true
    this.reason = why
    this.#listener?.handleEvent()
  }

  get count() {
    return this.#listener === undefined ? 0 : 1
  }
}

/** A signal for each, aborted from the middle outwards. */
const abortEach = (Controller) => (pool, settle) => {
  const controllers = []
  for (let i = 0; i < AT_ONCE; i++) {
    const controller = new Controller()
    pool.want({ key: 'a' }, settle, { signal: controller.signal })
    controllers.push(controller)
  }
  for (let i = 0; i < AT_ONCE; i++) controllers[(i * 7 + AT_ONCE / 2) % AT_ONCE].abort(reason)
  return controllers
}

/** One signal lives on, and outlives a million wants that are canceled one by one. */
const lasting = new AbortController()
function cancelEach(pool, settle) {
  const wants = []
  for (let i = 0; i < AT_ONCE; i++) {
    wants.push(pool.want({ key: 'a' }, settle, { signal: lasting.signal }))
  }
  for (let i = 0; i < AT_ONCE; i++) wants[(i * 7 + AT_ONCE / 2) % AT_ONCE].cancel(reason)
  return [lasting]
}

async function run(endRound, wants = WANTS) {
  const pool = new Pool(new HandAdapter(), {
    maxPerKey: 1,
    dialTimeoutMs: Number.POSITIVE_INFINITY,
  })
  let failed = 0
  const settle = (error) => {
    if (error === reason) failed++
  }
  let last
  for (let i = 0; i < WARM_UP; i += AT_ONCE) last = endRound(pool, settle)
  const before = await heapUsed()
  const failedBefore = failed
  for (let i = 0; i < wants; i += AT_ONCE) last = endRound(pool, settle)
  const growth = (await heapUsed()) - before
  const onSignals = last.reduce((sum, { signal }) => sum + listenersOf(signal), 0)
  const { waiting, keys } = pool.stats()
  return { failed: failed - failedBefore, growth, listeners, onSignals, waiting, keys }
}

function listenersOf(signal) {
  return signal instanceof AbortSignal ? getEventListeners(signal, 'abort').length : signal.count
}

/**
 * What is left by the third pass. Nodes 22 and 26 take 2 MB for their first signals, with no pool in
 * sight, and give half of it back; a pool that kept anything would keep it in each pass.
 */
async function third(run) {
  await run()
  await run()
  return await run()
}

await report({
  together: () => third(() => run(abortTogether)),
  each: () => run(abortEach(PlainController)),
  eachOfTheHost: () => third(() => run(abortEach(AbortController), WANTS / 10)),
  canceled: () => run(cancelEach),
})
