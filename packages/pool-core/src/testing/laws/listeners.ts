import type { Backend } from './backend.ts'

interface Emitter {
  eventNames(): (string | symbol)[]
  listenerCount(event: string | symbol): number
}

/** Listeners on a connection and on its own properties; the backend knows better where those are private. */
export function listenersOf<Target, Conn extends object>(
  backend: Backend<Target, Conn>,
  conn: Conn,
): number {
  if (backend.listeners !== undefined) return backend.listeners(conn)
  const parts = new Set<unknown>([conn, ...Object.values(conn)])
  return [...parts].filter(isEmitter).reduce((sum, emitter) => sum + countOn(emitter), 0)
}

function countOn(emitter: Emitter): number {
  return emitter.eventNames().reduce((sum, event) => sum + emitter.listenerCount(event), 0)
}

function isEmitter(value: unknown): value is Emitter {
  const { eventNames, listenerCount } = (value ?? {}) as Partial<Emitter>
  return typeof eventNames === 'function' && typeof listenerCount === 'function'
}
