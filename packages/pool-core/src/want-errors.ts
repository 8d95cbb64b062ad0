import { PoolError, withoutStack } from './errors.ts'
import type { KeyState } from './key-state.ts'
import type { WantConn } from './want-conn.ts'

/** Says what the want waited behind, and with which error its key's last dial failed meanwhile. */
export function wantTimeout<Target, Conn extends object>(
  want: WantConn<Target, Conn>,
  state: KeyState<Target, Conn>,
  ms: number,
): PoolError {
  const { maxPerKey, maxTotal } = state.engine.settings
  const { waiting, dialing, leased, idle } = state.stats()
  const { open, dialing: dialingInAll } = state.engine.stats()
  const message =
    `no connection within ${ms} ms; of this key: ${waiting} waiting, ${dialing} dialing, ` +
    `${leased} leased, ${idle} idle (maxPerKey ${maxPerKey}); in all: ` +
    `${open + dialingInAll} open or dialing (maxTotal ${maxTotal})`
  const { dialError } = state
  const isLater = dialError !== undefined && dialError.before > want.number
  return withoutStack('ERR_POOL_WANT_TIMEOUT', message, {
    key: want.key,
    cause: isLater ? dialError.error : undefined,
  })
}

export function lineFull(key: string, maxWaiting: number): PoolError {
  const message = `${maxWaiting} wants are waiting (maxWaiting)`
  return new PoolError('ERR_POOL_QUEUE_FULL', message, { key })
}
