import { setTimeout } from 'node:timers/promises'
import { Pool } from '@wantconn/pool-core'
import { type Case, type Figure, type Sample, scaled } from '../../harness/figure.ts'
import { count, ns } from '../../harness/format.ts'
import { median } from '../../harness/median.ts'
import { collect } from '../../harness/memory.ts'
import { processorNs } from '../../harness/timing.ts'
import { plainAdapter } from '../adapter.ts'
import type { Conn } from '../conn.ts'
import { CountingClock } from '../counting-clock.ts'

const IDLE = 100_000
const EACH_KEY = 10
const WARM_UP = 2
const MEASURED = 5
const SWEEPING_MS = 200

/** Connections that have become idle, and nobody comes: from the first timer to the empty pool. */
export const expiry: Figure = {
  name: 'expiry',
  title: `${count(IDLE)} idle connections over ${count(IDLE / EACH_KEY)} keys expiring`,
  columns: [
    { value: 'nsEach', head: 'a connection', show: ns },
    { value: 'mostArmed', head: 'timers at once', show: count },
    { value: 'fired', head: 'timers in all', show: count },
  ],
  cases: [
    caseOf('ours, idle since the same moment', 0),
    caseOf('ours, idle since within a minute', 60_000),
  ],
  wanted: [
    { what: 'expiry of one, all at once', most: 2_000, of: of('nsEach', 'same moment'), show: ns },
    {
      what: 'expiry of one, in a minute',
      most: 2_000,
      of: of('nsEach', 'within a minute'),
      show: ns,
    },
    {
      what: 'expiry: timers armed at once',
      most: 1,
      of: of('mostArmed', 'within a minute'),
      show: count,
    },
  ],
}

function of(value: string, since: string): (sampleOf: (name: string) => Sample) => number {
  const name = `ours, idle since ${since === 'same moment' ? 'the same moment' : since}`
  return (sampleOf) => sampleOf(name)[value] ?? NaN
}

function caseOf(name: string, spreadMs: number): Case {
  return {
    name,
    async measure(work) {
      const idle = scaled(IDLE, work)
      for (let i = 0; i < WARM_UP; i++) await expire(idle, spreadMs)
      const runs: Expired[] = []
      for (let i = 0; i < MEASURED; i++) runs.push(await expire(idle, spreadMs))
      return {
        nsEach: median(runs.map(({ nsEach }) => nsEach)),
        mostArmed: Math.max(...runs.map(({ mostArmed }) => mostArmed)),
        fired: median(runs.map(({ fired }) => fired)),
      }
    },
  }
}

interface Expired {
  readonly nsEach: number
  readonly mostArmed: number
  readonly fired: number
}

async function expire(idle: number, spreadMs: number): Promise<Expired> {
  const clock = new CountingClock()
  const pool = new Pool(plainAdapter(), { clock, maxIdle: Number.POSITIVE_INFINITY })
  await fill(pool, clock, idle, spreadMs)
  clock.fired = 0
  // What opening them has left behind is not the price of closing them; sweeping it goes on for a
  // while in other threads.
  collect()
  await setTimeout(SWEEPING_MS)
  const start = process.cpuUsage()
  while (clock.fireNext());
  const spent = processorNs(start)
  const { open, totals } = pool.stats()
  if (open > 0 || totals.closed['idle-timeout'] !== idle) throw new Error('not all have expired')
  return { nsEach: spent / idle, mostArmed: clock.mostArmed, fired: clock.fired }
}

/** Keys take turns, so that those of one key do not stand beside each other. */
async function fill(
  pool: Pool<string, Conn>,
  clock: CountingClock,
  idle: number,
  spreadMs: number,
): Promise<void> {
  const keys = idle / EACH_KEY
  const targets = Array.from({ length: idle }, (_, i) => `key ${i % keys}`)
  const leases = await Promise.all(targets.map((target) => pool.acquire(target)))
  for (const lease of leases) {
    lease.release()
    clock.time += spreadMs / idle
  }
}
