import { type Conn, newConn } from './conn.ts'

/** The floor of a hand-out: an array of idle connections, and an object that gives one back. */
export class BareLeases {
  readonly idle: Conn[]

  constructor(size: number) {
    this.idle = Array.from({ length: size }, newConn)
  }

  tryAcquire(): BareLease | undefined {
    const conn = this.idle.pop()
    return conn === undefined ? undefined : new BareLease(this, conn)
  }
}

class BareLease {
  readonly conn: Conn
  #home: BareLeases | undefined

  constructor(home: BareLeases, conn: Conn) {
    this.#home = home
    this.conn = conn
  }

  release(): void {
    this.#home?.idle.push(this.conn)
    this.#home = undefined
  }
}
