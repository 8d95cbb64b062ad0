import { type Case, type Figure, type Sample, scaled } from '../../harness/figure.ts'
import { ns, rate, times } from '../../harness/format.ts'
import { nsEachAsync } from '../../harness/timing.ts'
import { newConn } from '../conn.ts'
import { openBareArray } from '../peers/bare-array.ts'
import { openGenericPool } from '../peers/generic-pool.ts'
import { openLightningPool } from '../peers/lightning-pool.ts'
import { openOurs, openOursHooked } from '../peers/ours.ts'
import type { OpenPeer, Peer } from '../peers/peer.ts'
import { openTarn } from '../peers/tarn.ts'

const CALLERS = 20
const CONNS = 10
const TURNS = 100_000

/**
 * Twice as many callers as connections: in the steady state each `acquire` waits for a `release`,
 * so this is the price of a want that is stated, waits, and is settled.
 */
export const acquireRelease: Figure = {
  name: 'acquire-release',
  title: `acquire + release, ${CALLERS} callers on ${CONNS} connections`,
  columns: [
    { value: 'nsEach', head: 'a pair', show: ns },
    { value: 'nsEach', head: 'pairs', show: rate },
  ],
  cases: [
    caseOf('ours', openOurs),
    caseOf('ours, adapter with hooks', openOursHooked),
    caseOf('bare array with promises', openBareArray),
    caseOf('generic-pool', openGenericPool),
    caseOf('tarn', openTarn),
    caseOf('lightning-pool', openLightningPool),
  ],
  wanted: [
    {
      what: 'acquire + release: × generic-pool',
      least: 3,
      of: speedUpOver('generic-pool'),
      show: times,
    },
    {
      what: 'acquire + release: × bare array with promises',
      least: 0.7,
      of: speedUpOver('bare array with promises'),
      show: times,
    },
  ],
}

function caseOf<Held>(name: string, open: OpenPeer<Held>): Case {
  return {
    name,
    async measure(work) {
      const peer = open(CONNS, newConn)
      const turns = scaled(TURNS / CALLERS, work)
      const nsEach = await nsEachAsync(turns * CALLERS, () => callers(peer, turns))
      return { nsEach }
    },
  }
}

async function callers<Held>(peer: Peer<Held>, turns: number): Promise<void> {
  await Promise.all(Array.from({ length: CALLERS }, () => caller(peer, turns)))
}

async function caller<Held>(peer: Peer<Held>, turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) peer.release(await peer.acquire())
}

function speedUpOver(other: string): (sampleOf: (name: string) => Sample) => number {
  return (sampleOf) => (sampleOf(other)['nsEach'] ?? NaN) / (sampleOf('ours')['nsEach'] ?? NaN)
}
