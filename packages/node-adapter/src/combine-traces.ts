import type { PoolTrace } from '@wantconn/pool-core'

type Tell = (event: object) => void
type Hooks = { readonly [hook in keyof PoolTrace<unknown>]: Tell | undefined }

/**
 * One trace that tells several, each event in the order given; a pool takes only one.
 *
 * A hook that none of them has at the time is not there, so that a pool builds nothing for it. What
 * one throws becomes an uncaught error of its own, and the others are told all the same.
 */
export function combineTraces<Conn>(...traces: readonly PoolTrace<Conn>[]): PoolTrace<Conn> {
  const [first = {}, ...rest] = traces
  const second = rest.length > 1 ? combineTraces(...rest) : (rest[0] ?? {})
  return new TwoTraces(first as Hooks, second as Hooks) as PoolTrace<unknown>
}

/**
 * Hook by hook, and not in a loop over their names: a pool asks for some of them at each hand-over,
 * and that there is none must cost nothing.
 */
class TwoTraces {
  readonly #first: Hooks
  readonly #second: Hooks
  readonly #tell: Required<{ readonly [hook in keyof Hooks]: Tell }>

  constructor(first: Hooks, second: Hooks) {
    this.#first = first
    this.#second = second
    const both = (hook: keyof Hooks) => (event: object) => {
      tell(first, hook, event)
      tell(second, hook, event)
    }
    this.#tell = {
      getConn: both('getConn'),
      dialStart: both('dialStart'),
      dialDone: both('dialDone'),
      gotConn: both('gotConn'),
      wantFailed: both('wantFailed'),
      putIdle: both('putIdle'),
      connClosed: both('connClosed'),
    }
  }

  get getConn(): Tell | undefined {
    return (this.#first.getConn ?? this.#second.getConn) && this.#tell.getConn
  }

  get dialStart(): Tell | undefined {
    return (this.#first.dialStart ?? this.#second.dialStart) && this.#tell.dialStart
  }

  get dialDone(): Tell | undefined {
    return (this.#first.dialDone ?? this.#second.dialDone) && this.#tell.dialDone
  }

  get gotConn(): Tell | undefined {
    return (this.#first.gotConn ?? this.#second.gotConn) && this.#tell.gotConn
  }

  get wantFailed(): Tell | undefined {
    return (this.#first.wantFailed ?? this.#second.wantFailed) && this.#tell.wantFailed
  }

  get putIdle(): Tell | undefined {
    return (this.#first.putIdle ?? this.#second.putIdle) && this.#tell.putIdle
  }

  get connClosed(): Tell | undefined {
    return (this.#first.connClosed ?? this.#second.connClosed) && this.#tell.connClosed
  }
}

function tell(trace: Hooks, hook: keyof Hooks, event: object): void {
  try {
    trace[hook]?.(event)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
