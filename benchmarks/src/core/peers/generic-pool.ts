import { createPool } from 'generic-pool'
import type { Conn } from '../conn.ts'
import type { OpenPeer } from './peer.ts'

export const openGenericPool: OpenPeer<Conn> = (size, make) => {
  const factory = { create: async () => make(), destroy: async () => {} }
  const pool = createPool(factory, { max: size })
  return {
    acquire: async () => pool.acquire(),
    release: (conn) => void pool.release(conn),
  }
}
