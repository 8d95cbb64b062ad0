import { setTimeout } from 'node:timers/promises'
import { type Lease, Pool } from '@wantconn/pool-core'
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
/** Dials at once: opening all in one go would leave garbage between them that no program has. */
const AT_ONCE = 100
const WARM_UP = 5
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
      const clock = new CountingClock()
      const pool = new Pool(plainAdapter(), { clock, maxIdle: Number.POSITIVE_INFINITY })
      const expired = (): Promise<Expired> => expire(pool, clock, idle, spreadMs)
      for (let i = 0; i < WARM_UP; i++) await expired()
      const runs: Expired[] = []
      for (let i = 0; i < MEASURED; i++) runs.push(await expired())
      return {
        nsEach: median(runs.map(({ nsEach }) => nsEach)),
        mostArmed: clock.mostArmed,
        fired: median(runs.map(({ fired }) => fired)),
      }
    },
  }
}

interface Expired {
  readonly nsEach: number
  readonly fired: number
}

async function expire(
  pool: Pool<string, Conn>,
  clock: CountingClock,
  idle: number,
  spreadMs: number,
): Promise<Expired> {
  const before = pool.stats().totals.closed['idle-timeout']
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
  if (open > 0 || totals.closed['idle-timeout'] !== before + idle) {
    throw new Error('not all have expired')
  }
  return { nsEach: spent / idle, fired: clock.fired }
}

/** Keys take turns, so that those of one key do not stand beside each other. */
async function fill(
  pool: Pool<string, Conn>,
  clock: CountingClock,
  idle: number,
  spreadMs: number,
): Promise<void> {
  const keys = idle / EACH_KEY
  const leases: Lease<Conn>[] = []
  for (let i = 0; i < idle; i += AT_ONCE) {
    const dials = Array.from({ length: Math.min(AT_ONCE, idle - i) }, (_, j) =>
      pool.acquire(`key ${(i + j) % keys}`),
    )
    leases.push(...(await Promise.all(dials)))
  }
  for (const lease of leases) {
    lease.release()
    clock.time += spreadMs / idle
  }
}
