import { type Adapter, type Lease, Pool } from '@wantconn/pool-core'
import { hookedAdapter, plainAdapter } from '../adapter.ts'
import type { Conn } from '../conn.ts'
import type { OpenPeer, Peer } from './peer.ts'

export const openOurs: OpenPeer<Lease<Conn>> = (size, make) => peer(size, plainAdapter(make))

export const openOursHooked: OpenPeer<Lease<Conn>> = (size) => peer(size, hookedAdapter())

function peer(size: number, adapter: Adapter<string, Conn>): Peer<Lease<Conn>> {
  const pool = new Pool(adapter, { maxPerKey: size, maxIdle: Number.POSITIVE_INFINITY })
  return {
    acquire: () => pool.acquire('a'),
    release: (lease) => lease.release(),
  }
}
