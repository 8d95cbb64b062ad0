import { Pool } from '@wantconn/pool-core'
import { type Case, type Figure, type Sample, scaled, type Work } from '../../harness/figure.ts'
import { bytes } from '../../harness/format.ts'
import { heldBytesEach } from '../../harness/memory.ts'
import { plainAdapter } from '../adapter.ts'
import { type Conn, newConn } from '../conn.ts'
import { openBareArray } from '../peers/bare-array.ts'
import { openGenericPool } from '../peers/generic-pool.ts'
import { openLightningPool } from '../peers/lightning-pool.ts'
import { openOurs } from '../peers/ours.ts'
import type { OpenPeer, Peer } from '../peers/peer.ts'
import { openTarn } from '../peers/tarn.ts'

const IDLE = 10_000

/**
 * The heap that stays when many connections have been dialed, used and given back, for each of
 * them; the connections themselves are there before and do not count. Ours keep their link, as
 * those of a real adapter do, and have asked for the dial's abort signal.
 */
export const idleConnection: Figure = {
  name: 'idle-connection',
  title: `bytes for one idle connection beyond itself, of ${IDLE.toLocaleString('en')}`,
  columns: [{ value: 'bytesEach', head: 'a connection', show: bytes }],
  cases: [
    caseOf('ours', openOurs),
    oursOverKeys('ours, ten for each key', 10),
    caseOf('bare array with promises', openBareArray),
    caseOf('generic-pool', openGenericPool),
    caseOf('tarn', openTarn),
    caseOf('lightning-pool', openLightningPool),
  ],
  wanted: [
    {
      what: 'bytes for one idle connection beyond itself',
      most: 250,
      of: (of) => of('ours')['bytesEach'] ?? NaN,
      show: bytes,
    },
  ],
}

function caseOf<Held>(name: string, open: OpenPeer<Held>): Case {
  return {
    name,
    measure: (work) =>
      bytesOfIdle(work, (count, make) => {
        const peer = open(count, make)
        return { pool: peer, use: () => useAll(peer, count) }
      }),
  }
}

function oursOverKeys(name: string, each: number): Case {
  return {
    name,
    measure: (work) =>
      bytesOfIdle(work, (count, make) => {
        const pool = new Pool(plainAdapter(make), { maxIdle: Number.POSITIVE_INFINITY })
        const keys = Array.from({ length: count / each }, (_, i) => `key ${i}`)
        return { pool: [pool, keys], use: () => useKeys(pool, keys, each) }
      }),
  }
}

interface Opened {
  /** All that must stay until the heap has been looked at. */
  readonly pool: unknown
  use(): Promise<void>
}

async function bytesOfIdle(
  work: Work,
  open: (count: number, make: () => Conn) => Opened,
): Promise<Sample> {
  const count = scaled(IDLE, work)
  // Once for nothing: code that the engine compiles on the way is on the heap as well, and the
  // first objects of a shape are larger than the later ones.
  await open(count, newConn).use()
  const conns = Array.from({ length: count }, newConn)
  let next = 0
  const opened = open(count, () => conns[next++] ?? newConn())
  const bytesEach = await heldBytesEach(count, opened.use)
  return opened.pool !== undefined && next === count ? { bytesEach } : { bytesEach: NaN }
}

async function useAll<Held>(peer: Peer<Held>, count: number): Promise<void> {
  const held = await Promise.all(Array.from({ length: count }, () => peer.acquire()))
  for (const each of held) peer.release(each)
}

async function useKeys(pool: Pool<string, Conn>, keys: string[], each: number): Promise<void> {
  const wanted = keys.flatMap((key) => new Array<string>(each).fill(key))
  const leases = await Promise.all(wanted.map((key) => pool.acquire(key)))
  for (const lease of leases) lease.release()
}
