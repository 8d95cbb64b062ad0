import type { Adapter, Link } from '@wantconn/pool-core'
import { type Conn, newConn } from './conn.ts'

/** An adapter with what every adapter has: it minds the signal while it dials, and keeps its link. */
export function plainAdapter(make: () => Conn = newConn): Adapter<string, Conn> {
  return {
    key: (target) => target,
    dial: (_target, link) => dial(make, link),
    close() {},
  }
}

/** An adapter that is asked before each reuse, and told of it. */
export function hookedAdapter(): Adapter<string, Conn> {
  return {
    ...plainAdapter(),
    isBroken: (conn) => conn.isBroken,
    onIdle(conn) {
      conn.isIdle = true
    },
    onLease(conn) {
      conn.isIdle = false
    },
  }
}

async function dial(make: () => Conn, link: Link): Promise<Conn> {
  link.signal.throwIfAborted()
  const conn = make()
  conn.link = link
  return conn
}
