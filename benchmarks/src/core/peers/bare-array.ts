import type { Conn } from '../conn.ts'
import type { OpenPeer, Peer } from './peer.ts'

/** The floor: connections in an array, and an array of whoever waits. No pool is less than this. */
class BareArray implements Peer<Conn> {
  readonly #free: Conn[]
  readonly #waiting: ((conn: Conn) => void)[] = []

  constructor(free: Conn[]) {
    this.#free = free
  }

  acquire(): Promise<Conn> {
    const conn = this.#free.pop()
    if (conn !== undefined) return Promise.resolve(conn)
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  release(conn: Conn): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(conn)
    else next(conn)
  }
}

export const openBareArray: OpenPeer<Conn> = (size, make) =>
  new BareArray(Array.from({ length: size }, make))
