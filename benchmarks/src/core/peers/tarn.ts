import { Pool } from 'tarn'
import type { Conn } from '../conn.ts'
import type { OpenPeer } from './peer.ts'

export const openTarn: OpenPeer<Conn> = (size, make) => {
  const pool = new Pool<Conn>({ create: async () => make(), destroy() {}, min: 0, max: size })
  return {
    acquire: () => pool.acquire().promise,
    release: (conn) => void pool.release(conn),
  }
}
