import { Pool } from 'lightning-pool'
import type { Conn } from '../conn.ts'
import type { OpenPeer } from './peer.ts'

export const openLightningPool: OpenPeer<Conn> = (size, make) => {
  const factory = { create: async () => make(), destroy: async () => {} }
  // Its line holds 1,000 by default, which the figures of memory exceed.
  const pool = new Pool<Conn>(factory, { max: size, maxQueue: Number.MAX_SAFE_INTEGER })
  return {
    acquire: () => pool.acquire(),
    release: (conn) => pool.release(conn),
  }
}
