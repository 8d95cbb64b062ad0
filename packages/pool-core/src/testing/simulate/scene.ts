import type { Settings } from '../../options.ts'
import type { Pool } from '../../pool.ts'
import type { FakeClock } from '../fake-clock.ts'
import type { ScriptedConn } from './scripted-dial.ts'
import type { Witness } from './witness.ts'

/** A pool and what is around it. */
export interface Scene {
  readonly pool: Pool<string, ScriptedConn>
  readonly settings: Settings<never>
  readonly clock: FakeClock
  readonly witness: Witness
}
