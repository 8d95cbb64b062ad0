import { isPoolError } from '../../src/errors.ts'
import type { Lease } from '../../src/lease.ts'
import type { PoolTrace } from '../../src/trace.ts'
import { labelOf } from './label.ts'
import type { ScriptConn } from './script-adapter.ts'

/** Hooks that say in words what they are told, as the model does. */
export function hooks(say: (event: string) => void): PoolTrace<ScriptConn> {
  return {
    getConn: ({ key }) => say(`getConn ${key}`),
    dialStart: ({ key }) => say(`dialStart ${key}`),
    dialDone: ({ key, conn, error, durationMs, surplus }) => {
      const result = conn === undefined ? `error ${labelOf(error)}` : `conn ${conn.name}`
      say(`dialDone ${key} ${result} after ${durationMs}${surplus ? ' surplus' : ''}`)
    },
    gotConn: (event) => {
      const shared = event.shared ? ' shared' : ''
      say(`gotConn ${event.key} ${howGot(event)}${shared} after ${event.waitedMs}`)
    },
    wantFailed: ({ key, error, waitedMs }) => {
      say(`wantFailed ${key} ${labelOf(error)} after ${waitedMs}`)
    },
    putIdle: ({ key, conn }) => say(`putIdle ${key} ${conn.name}`),
    connClosed: ({ key, conn, reason, error }) => {
      const why = error === undefined ? reason : `${reason} ${labelOf(error)}`
      say(`connClosed ${key} ${conn.name} ${why}`)
    },
  }
}

/** Which connection a want or a lease has, and where it came from. */
export function howGot({
  conn,
  reused,
  wasIdle,
  idleMs,
}: Pick<Lease<ScriptConn>, 'conn' | 'reused' | 'wasIdle' | 'idleMs'>): string {
  return `${conn.name}${reused ? ' reused' : ''}${wasIdle ? ` idle for ${idleMs}` : ''}`
}

/** How the end of a lease went: done, or refused as it `finished` before or is `shared`. */
export function endOf(run: () => void): 'done' | 'finished' | 'shared' {
  try {
    run()
    return 'done'
  } catch (error) {
    if (isPoolError(error, 'ERR_POOL_LEASE_FINISHED')) return 'finished'
    if (error instanceof TypeError) return 'shared'
    throw error
  }
}

export function show(value: unknown): string {
  return JSON.stringify(value, (_, it) => (it === undefined ? 'nothing' : it)) ?? 'nothing'
}

/** Whether two plain values have the same in them. */
export function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return false
  const [some, others] = [left as Record<string, unknown>, right as Record<string, unknown>]
  const names = Object.keys(some)
  if (names.length !== Object.keys(others).length) return false
  return names.every((name) => isSame(some[name], others[name]))
}
