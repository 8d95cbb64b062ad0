import type { Engine } from '../engine.ts'
import type { PooledConn } from '../pooled-conn.ts'

/** The idle connections of all keys, the coldest first. Those that are lent are left where they stand. */
export function* idleInOrder<Target, Conn extends object>(
  engine: Engine<Target, Conn>,
): IterableIterator<PooledConn<Target, Conn>> {
  for (let conn = engine.conns.idle.list.first; conn !== undefined; conn = conn.warmer) {
    if (conn.isIdle) yield conn
  }
}
