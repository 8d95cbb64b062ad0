import { LinkedList } from './linked-list.ts'
import type { PooledConn } from './pooled-conn.ts'

/**
 * The connections of one key that carry leases and have room for more, by how many they carry.
 *
 * The least loaded is found by walking up from the lowest load seen: a walk over loads, never over
 * connections.
 */
export class RoomList<Target, Conn extends object> {
  readonly #byLoad: (LinkedList<PooledConn<Target, Conn>> | undefined)[] = []
  #lowest = 0
  #size = 0

  get leastLoaded(): PooledConn<Target, Conn> | undefined {
    if (this.#size === 0) return undefined
    while (this.#byLoad[this.#lowest]?.first === undefined) this.#lowest++
    return this.#byLoad[this.#lowest]?.first
  }

  push(conn: PooledConn<Target, Conn>): void {
    const list = (this.#byLoad[conn.leases] ??= new LinkedList())
    list.push(conn)
    this.#lowest = Math.min(this.#lowest, conn.leases)
    this.#size++
  }

  /** Before its number of leases changes. */
  remove(conn: PooledConn<Target, Conn>): void {
    this.#byLoad[conn.leases]?.remove(conn)
    this.#size--
  }
}
