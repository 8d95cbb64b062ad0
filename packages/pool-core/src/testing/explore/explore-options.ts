import { checkCapacity, type PoolOptions, wrongType } from '../../options.ts'
import { checkFields, type FieldCheck, whole } from '../check-fields.ts'
import { checkSimulatedPool } from '../simulate/simulated-pool.ts'

/** What may happen beside wants that are stated and dials that succeed. */
export const explorableMoves = [
  'cancel',
  'fail',
  'release',
  'discard',
  'detach',
  'die',
  'drain',
  'capacity',
  'closeIdle',
  'destroy',
] as const

/**
 * - `cancel`: a waiting want is canceled
 * - `fail`: a dial fails (that dials succeed is always explored)
 * - `release`, `discard`, `detach`: how a lease ends
 * - `die`, `drain`: what a link reports, before its dial has ended or after
 * - `capacity`: a link tells 0, 1, or what `ExploreOptions.capacity` says
 * - `closeIdle`, `destroy`: what is done to the pool; after `destroy` nothing may be left
 */
export type ExplorableMove = (typeof explorableMoves)[number]

/** What {@link explore} is asked for. */
export interface ExploreOptions {
  /** How many wants are stated, 1 to 5: at any moments. */
  readonly wants: number
  /** How many dials may end; others hang. 0 to 5. */
  readonly dials: number
  /** Leases that a fresh connection carries: 1 for exclusive ones, more for shareable ones. Default 1. */
  readonly capacity?: number | undefined
  /** Default 1. */
  readonly keys?: number | undefined
  /** The pool's options, without `clock` and `random`. The clock stands still. */
  readonly pool?: Omit<PoolOptions<object>, 'clock' | 'random'> | undefined
  /** Default: all of them. */
  readonly moves?: readonly ExplorableMove[] | undefined
  /** It ends, incomplete, after so many. Default `Infinity`. */
  readonly maxTransitions?: number | undefined
}

const checks: Record<keyof ExploreOptions, FieldCheck> = {
  wants: whole(1, 5),
  dials: whole(0, 5),
  capacity: (name, value) => checkCapacity(name, value, 1),
  keys: whole(1, 4),
  pool: checkSimulatedPool,
  moves: checkMoves,
  maxTransitions: (name, value) => {
    if (value !== Number.POSITIVE_INFINITY) whole(1)(name, value)
  },
}

export function checkExploreOptions(options: unknown): void {
  checkFields('ExploreOptions', options, checks)
  for (const name of ['wants', 'dials'] as const) {
    if ((options as Partial<ExploreOptions>)[name] !== undefined) continue
    throw wrongType(`ExploreOptions.${name}`, 'a number', undefined)
  }
}

function checkMoves(name: string, value: unknown): void {
  if (!Array.isArray(value)) throw wrongType(name, 'an array of moves', value)
  for (const move of value) {
    if (explorableMoves.includes(move)) continue
    throw new RangeError(`${name} must be of ${explorableMoves.join(', ')}; got ${String(move)}`)
  }
}
