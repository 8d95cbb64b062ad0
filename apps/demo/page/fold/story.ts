import type { ConnId, DialId, DialPhase, LaneId, WantId, Winner } from '../../src/protocol.ts'
import type { Ring } from './ring.ts'

/** One want from its statement to its end. */
export interface WantStory {
  readonly kind: 'want'
  readonly id: WantId
  readonly lane: LaneId
  readonly request: number
  readonly statedAt: number
  settledAt?: number
  waitedMs?: number
  by?: Winner
  conn?: ConnId
  /** The dial that brought `conn`, if nobody had used it before. */
  dial?: DialId
  error?: string
}

/** What became of a dial, as the ledger has it. */
export type DialFate = 'flying' | 'own' | 'other' | 'idle' | 'unused' | 'failed'

export interface DialStory {
  readonly kind: 'dial'
  readonly id: DialId
  readonly lane: LaneId
  readonly since: number
  /** When each of its phases began. */
  readonly phases: { readonly phase: DialPhase; readonly t: number }[]
  fate: DialFate
  surplus: boolean
  endedAt?: number
  durationMs?: number
  conn?: ConnId
  /** Whom it served first. */
  want?: WantId
  request?: number
  error?: string
}

/** One use of a connection. */
export interface Use {
  readonly t: number
  readonly want: WantId
  readonly request: number
  readonly by: Winner
  readonly waitedMs: number
  readonly idleMs: number
  /** When it was given back and nobody waited for it. */
  doneAt?: number
}

export interface ConnStory {
  readonly kind: 'conn'
  readonly id: ConnId
  readonly lane: LaneId
  readonly dial: DialId
  readonly openedAt: number
  readonly port?: number
  /** The latest ones. */
  readonly recent: Ring<Use>
  uses: number
  idleSince?: number
  closedAt?: number
  reason?: string
  error?: string
}

export type Story = WantStory | DialStory | ConnStory

/** Names one story. */
export interface Thing {
  readonly kind: Story['kind']
  readonly id: number
}

export function isSame(a: Thing | undefined, b: Thing | undefined): boolean {
  return a?.kind === b?.kind && a?.id === b?.id
}
