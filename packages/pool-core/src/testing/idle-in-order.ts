import type { Engine } from '../engine.ts'
import type { PooledConn } from '../pooled-conn.ts'

/** The idle connections of all keys, the coldest first. */
export function* idleInOrder<Target, Conn extends object>(
  engine: Engine<Target, Conn>,
): IterableIterator<PooledConn<Target, Conn>> {
  const { list } = engine.conns.idle
  for (let conn = list.coldest; conn !== undefined; conn = list.warmerThan(conn)) yield conn
}
