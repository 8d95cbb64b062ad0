import { type Adapter, type Lease, Pool } from '@wantconn/pool-core'
import { type Case, type Figure, type Sample, scaled, type Work } from '../../harness/figure.ts'
import { bytes, ns, rate } from '../../harness/format.ts'
import { median } from '../../harness/median.ts'
import { allocatedBytesEach, heldBytesEach } from '../../harness/memory.ts'
import { nsEach, nsEachAsync } from '../../harness/timing.ts'
import { hookedAdapter, plainAdapter } from '../adapter.ts'
import { BareLeases } from '../bare-leases.ts'
import type { Conn } from '../conn.ts'

const PAIRS = 1_000_000
const CONNS = 10
/** Few enough that what they allocate fits into the smallest young generation. */
const COUNTED = 2_000
const HELD = 10_000

/** A lease goes where the compiler cannot follow it, as a caller's does, or it might never be made. */
export const caller: { lease: { release(): void } | undefined } = { lease: undefined }

/**
 * An idle connection is lent and given back within one turn, as often as it goes. Time stands still
 * in a turn in which it is asked for so often; the lines with a turn for each pair show what it costs
 * to read it twice, as for a caller who does nothing else in its turn.
 */
export const tryAcquire: Figure = {
  name: 'try-acquire',
  title: 'tryAcquire + release of an idle connection',
  columns: [
    { value: 'nsEach', head: 'a pair', show: ns },
    { value: 'nsEach', head: 'pairs', show: rate },
    { value: 'bytesEach', head: 'allocated', show: bytes },
    { value: 'leaseBytes', head: 'a lease', show: bytes },
  ],
  cases: [
    { name: 'ours', measure: (work) => inOneTurn(plainAdapter(), work) },
    { name: 'ours, adapter with hooks', measure: (work) => inOneTurn(hookedAdapter(), work) },
    bare('bare array and a lease object'),
    { name: 'ours, a turn for each', measure: inTurns },
    bareInTurns('bare array, a turn for each'),
  ],
  wanted: [
    { what: 'tryAcquire + release', most: 100, of: (of) => of('ours')['nsEach'] ?? NaN, show: ns },
    {
      what: 'tryAcquire + release: bytes allocated beyond one lease',
      most: 0,
      of: (of) => beyondOneLease(of('ours')),
      show: bytes,
    },
  ],
}

function beyondOneLease({ bytesEach, leaseBytes }: Sample): number {
  return Math.round((bytesEach ?? NaN) - (leaseBytes ?? NaN))
}

async function inOneTurn(adapter: Adapter<string, Conn>, work: Work): Promise<Sample> {
  const pool = await warmPool(adapter, CONNS)
  const pairs = scaled(PAIRS, work)
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) {
      caller.lease = pool.tryAcquire('a')
      caller.lease?.release()
    }
  }
  const each = nsEach(pairs, () => run(pairs))
  return {
    nsEach: each,
    bytesEach: allocatedBytesEach(COUNTED, run),
    leaseBytes: await bytesOfLease(adapter, scaled(HELD, work)),
  }
}

/** What stays when leases are held: the record of a connection is there already. */
async function bytesOfLease(adapter: Adapter<string, Conn>, count: number): Promise<number> {
  const pool = await warmPool(adapter, count)
  const leases = new Array<Lease<Conn> | undefined>(count).fill(undefined)
  const all: number[] = []
  for (let round = 0; round < 5; round++) {
    const bytesEach = await heldBytesEach(count, () => {
      for (let i = 0; i < count; i++) leases[i] = pool.tryAcquire('a')
    })
    all.push(bytesEach)
    for (const lease of leases) lease?.release()
    leases.fill(undefined)
  }
  return median(all)
}

async function inTurns(work: Work): Promise<Sample> {
  const pool = await warmPool(plainAdapter(), CONNS)
  const pairs = scaled(PAIRS / 10, work)
  const run = async (): Promise<void> => {
    for (let i = 0; i < pairs; i++) {
      caller.lease = pool.tryAcquire('a')
      caller.lease?.release()
      await undefined
    }
  }
  return { nsEach: await nsEachAsync(pairs, run) }
}

function bare(name: string): Case {
  return {
    name,
    measure(work) {
      const leases = new BareLeases(CONNS)
      const pairs = scaled(PAIRS, work)
      const run = (count: number): void => {
        for (let i = 0; i < count; i++) {
          caller.lease = leases.tryAcquire()
          caller.lease?.release()
        }
      }
      return {
        nsEach: nsEach(pairs, () => run(pairs)),
        bytesEach: allocatedBytesEach(COUNTED, run),
      }
    },
  }
}

function bareInTurns(name: string): Case {
  return {
    name,
    async measure(work) {
      const leases = new BareLeases(CONNS)
      const pairs = scaled(PAIRS / 10, work)
      const run = async (): Promise<void> => {
        for (let i = 0; i < pairs; i++) {
          caller.lease = leases.tryAcquire()
          caller.lease?.release()
          await undefined
        }
      }
      return { nsEach: await nsEachAsync(pairs, run) }
    },
  }
}

async function warmPool(adapter: Adapter<string, Conn>, size: number): Promise<Pool<string, Conn>> {
  const pool = new Pool(adapter, { maxIdle: Number.POSITIVE_INFINITY })
  await pool.warm('a', size)
  return pool
}
