import type { Conn } from '../conn.ts'

/** What all pools can do. `Held` is what a caller holds between the two calls. */
export interface Peer<Held> {
  acquire(): Promise<Held>
  release(held: Held): void
}

/** Makes a pool of at most `size` connections, with the peer's own defaults otherwise. */
export type OpenPeer<Held> = (size: number, make: () => Conn) => Peer<Held>
