import type { PooledConn } from './pooled-conn.ts'

/**
 * All idle connections of a pool, whatever their key, in the order in which they became idle.
 * The coldest goes first when there are too many, or when another key needs its place.
 */
export class IdleList<Target, Conn extends object> {
  coldest: PooledConn<Target, Conn> | undefined = undefined
  #warmest: PooledConn<Target, Conn> | undefined = undefined
  size = 0

  put(conn: PooledConn<Target, Conn>): void {
    conn.colder = this.#warmest
    if (this.#warmest === undefined) this.coldest = conn
    else this.#warmest.warmer = conn
    this.#warmest = conn
    this.size++
  }

  remove(conn: PooledConn<Target, Conn>): void {
    const { colder, warmer } = conn
    if (colder === undefined) this.coldest = warmer
    else colder.warmer = warmer
    if (warmer === undefined) this.#warmest = colder
    else warmer.colder = colder
    conn.colder = undefined
    conn.warmer = undefined
    this.size--
  }
}
