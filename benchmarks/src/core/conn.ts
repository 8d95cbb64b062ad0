import type { Link } from '@wantconn/pool-core'

/** What is pooled: as small as a connection can be, with a place for what an adapter notes on it. */
export interface Conn {
  link: Link | undefined
  isBroken: boolean
  isIdle: boolean
}

export function newConn(): Conn {
  return { link: undefined, isBroken: false, isIdle: false }
}
