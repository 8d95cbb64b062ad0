import type { PooledConn } from './pooled-conn.ts'

/**
 * All idle connections of a pool, whatever their key, in the order in which they became idle.
 * The coldest goes first when there are too many, or when another key needs its place.
 *
 * One that is lent keeps its place until somebody comes upon it in search of the coldest. Most come
 * back before any other connection does, and have not to be moved then.
 */
export class IdleList<Target, Conn extends object> {
  /** How many are idle. */
  size = 0
  /** The coldest, or one that is lent and stands before it. */
  first: PooledConn<Target, Conn> | undefined = undefined
  #warmest: PooledConn<Target, Conn> | undefined = undefined

  findColdest(): PooledConn<Target, Conn> | undefined {
    return this.#firstIdle(this.first)
  }

  /** The next one that became idle after this one. */
  warmerThan(conn: PooledConn<Target, Conn>): PooledConn<Target, Conn> | undefined {
    return this.#firstIdle(conn.warmer)
  }

  put(conn: PooledConn<Target, Conn>): void {
    this.size++
    if (conn !== this.#warmest) this.#putLast(conn)
  }

  /** It is about to be lent, or to end. */
  take(): void {
    this.size--
  }

  /** It has ended. */
  remove(conn: PooledConn<Target, Conn>): void {
    const { colder, warmer } = conn
    if (colder !== undefined) colder.warmer = warmer
    else if (this.first === conn) this.first = warmer
    if (warmer !== undefined) warmer.colder = colder
    else if (this.#warmest === conn) this.#warmest = colder
    conn.colder = undefined
    conn.warmer = undefined
  }

  #putLast(conn: PooledConn<Target, Conn>): void {
    this.remove(conn)
    conn.colder = this.#warmest
    if (this.#warmest === undefined) this.first = conn
    else this.#warmest.warmer = conn
    this.#warmest = conn
  }

  #firstIdle(from: PooledConn<Target, Conn> | undefined): PooledConn<Target, Conn> | undefined {
    let conn = from
    while (conn !== undefined && !conn.isIdle) {
      const { warmer } = conn
      this.remove(conn)
      conn = warmer
    }
    return conn
  }
}
