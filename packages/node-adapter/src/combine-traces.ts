import type { PoolTrace } from '@wantconn/pool-core'

type Hook = keyof PoolTrace<unknown>
type Hooks = { readonly [hook in Hook]?: (event: object) => void }

const hooks = [
  'getConn',
  'dialStart',
  'dialDone',
  'gotConn',
  'wantFailed',
  'putIdle',
  'connClosed',
] as const satisfies readonly Hook[]

/**
 * One trace that tells several, each event in the order given; a pool takes only one.
 *
 * A hook that none of them has at the time is not there, so that a pool builds nothing for it. What
 * one throws becomes an uncaught error of its own, and the others are told all the same.
 */
export function combineTraces<Conn>(...traces: readonly PoolTrace<Conn>[]): PoolTrace<Conn> {
  const combined = {}
  for (const hook of hooks) {
    const tellAll = (event: object): void => {
      for (const trace of traces) tell(trace as Hooks, hook, event)
    }
    const get = (): typeof tellAll | undefined => {
      for (const trace of traces) if (trace[hook] !== undefined) return tellAll
      return undefined
    }
    Object.defineProperty(combined, hook, { get, enumerable: true })
  }
  return combined
}

function tell(trace: Hooks, hook: Hook, event: object): void {
  try {
    trace[hook]?.(event)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
