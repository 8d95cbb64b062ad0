// Pools that their owners have dropped, some without closing them.

import { Pool } from '../../dist/index.js'
import { HandAdapter, report, survivors, turn, watch } from './harness.mjs'

/** Keeps its armed timers, as a host does. */
class HostClock {
  armed = new Set()
  time = 0

  now() {
    return this.time
  }

  setTimeout(run, ms) {
    const timer = { run, at: this.time + ms }
    this.armed.add(timer)
    return timer
  }

  clearTimeout(timer) {
    this.armed.delete(timer)
  }
}

const clocks = []
const signals = []

function newPool(refs, options) {
  const adapter = new HandAdapter()
  const trace = { getConn() {} }
  const clock = new HostClock()
  clocks.push(clock)
  watch(refs, { adapter, trace })
  return { pool: new Pool(adapter, { clock, trace, ...options }), adapter }
}

async function lease({ pool, adapter }) {
  const acquired = pool.acquire({ key: 'a' })
  adapter.takeDial().resolve({ name: 'conn' })
  return await acquired
}

const cases = {
  'never used': () => {},
  discarded: async (made) => (await lease(made)).discard(),
  detached: async (made) => (await lease(made)).detach(),
  'idle closed': async (made) => {
    ;(await lease(made)).release()
    made.pool.closeIdle()
  },
  'a want canceled and its dial ended': ({ pool }) => {
    pool.want({ key: 'a' }, () => {}, { timeoutMs: 5_000 }).cancel()
    pool.closeIdle()
  },
  'closed while a dial hangs': ({ pool }) => {
    pool.want({ key: 'a' }, () => {})
    return pool.close()
  },
  'closed while a lease has a deadline': async (made) => {
    ;(await lease(made)).release()
    const again = made.pool.tryAcquire({ key: 'a' })
    const closed = made.pool.close()
    again.release()
    await closed
  },
  'a signal kept after warming': async ({ pool, adapter }) => {
    const { signal } = new AbortController()
    signals.push(signal)
    const warm = pool.warm({ key: 'a' }, 1, { signal })
    adapter.takeDial().resolve({ name: 'conn' })
    await warm
    await pool.close()
  },
  'a signal kept after acquiring': async ({ pool, adapter }) => {
    const { signal } = new AbortController()
    signals.push(signal)
    const acquired = pool.acquire({ key: 'a' }, { signal })
    adapter.takeDial().resolve({ name: 'conn' })
    ;(await acquired).release()
    await pool.close()
  },
}

async function dropped(play) {
  const refs = {}
  await play(newPool(refs))
  await turn()
  return refs
}

await report(
  Object.fromEntries(
    Object.entries(cases).map(([name, play]) => [
      name,
      async () => ({
        left: await survivors(await dropped(play)),
        timers: clocks.at(-1).armed.size,
      }),
    ]),
  ),
)
if (signals.length !== 2) throw new Error('no signal was kept')
