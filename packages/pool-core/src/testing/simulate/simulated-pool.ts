import { type PoolOptions, resolveOptions } from '../../options.ts'
import { checkObject } from '../check-fields.ts'

/** Options for a pool whose clock and whose random numbers are brought by others. */
export function checkSimulatedPool(name: string, pool: unknown): void {
  checkObject(name, pool)
  for (const own of ['clock', 'random']) {
    if ((pool as Record<string, unknown>)[own] !== undefined) {
      throw new TypeError(`${name}.${own} is what the simulation brings itself`)
    }
  }
  resolveOptions(pool as PoolOptions<object>)
}
