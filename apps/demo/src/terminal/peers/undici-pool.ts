import { Pool } from 'undici'
import type { PeerKind } from './peer.ts'

/** No limit on connections, one request at a time on each: undici's own defaults. */
export const undiciPool: PeerKind = {
  name: 'undici Pool',
  start({ url, host, lookup }) {
    const pool = new Pool(url.origin, { pipelining: 1, ...(lookup && { connect: { lookup } }) })
    const path = url.pathname + url.search
    return {
      async get() {
        const { body } = await pool.request({ method: 'GET', path, headers: { host } })
        await body.arrayBuffer()
      },
      close: () => void pool.destroy().catch(() => {}),
    }
  },
}
