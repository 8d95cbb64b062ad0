import { Pool } from '@wantconn/pool-core'
import { type Case, type Figure, scaled } from '../../harness/figure.ts'
import { bytes } from '../../harness/format.ts'
import { heldBytesEach } from '../../harness/memory.ts'
import { plainAdapter } from '../adapter.ts'
import { newConn } from '../conn.ts'
import { openBareArray } from '../peers/bare-array.ts'
import { openGenericPool } from '../peers/generic-pool.ts'
import { openLightningPool } from '../peers/lightning-pool.ts'
import { openOurs } from '../peers/ours.ts'
import type { OpenPeer } from '../peers/peer.ts'
import { openTarn } from '../peers/tarn.ts'

const WAITING = 10_000

/**
 * The heap that stays, for each of many who wait for the one connection there is. What a caller
 * holds while it waits (the want, the promise) counts; its own callback and target do not.
 */
export const waitingWant: Figure = {
  name: 'waiting-want',
  title: `bytes for one waiting want, of ${WAITING.toLocaleString('en')}`,
  columns: [{ value: 'bytesEach', head: 'a want', show: bytes }],
  cases: [
    oursWithCallback('ours, callback form'),
    caseOf('ours, promise form', openOurs),
    caseOf('bare array with promises', openBareArray),
    caseOf('generic-pool', openGenericPool),
    caseOf('tarn', openTarn),
    caseOf('lightning-pool', openLightningPool),
  ],
  wanted: [
    {
      what: 'bytes for one waiting want, callback form',
      most: 250,
      of: (of) => of('ours, callback form')['bytesEach'] ?? NaN,
      show: bytes,
    },
  ],
}

function oursWithCallback(name: string): Case {
  return {
    name,
    async measure(work) {
      const pool = new Pool(plainAdapter(), { maxPerKey: 1 })
      await pool.acquire('a')
      const settle = (): void => {}
      return wait(work, () => pool.want('a', settle))
    },
  }
}

function caseOf<Held>(name: string, open: OpenPeer<Held>): Case {
  return {
    name,
    async measure(work) {
      const peer = open(1, newConn)
      await peer.acquire()
      return wait(work, () => peer.acquire())
    },
  }
}

async function wait(work: number, state: () => unknown): Promise<{ bytesEach: number }> {
  const count = scaled(WAITING, work)
  const held = new Array<unknown>(count).fill(undefined)
  // Code that the engine compiles on the way is on the heap as well, and the first objects of a
  // shape are larger than the later ones: those are made before.
  const first = Array.from({ length: count }, state)
  const bytesEach = await heldBytesEach(count, () => {
    for (let i = 0; i < count; i++) held[i] = state()
  })
  return first.length + held.length > 0 ? { bytesEach } : { bytesEach: 0 }
}
