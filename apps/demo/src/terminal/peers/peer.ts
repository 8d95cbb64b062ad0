import type { Route } from '../slow-dial.ts'

/** One of those who are compared: sends a request over whatever connection it chooses. */
export interface Peer {
  /** Resolves when the whole answer has been read. */
  get(): Promise<void>
  close(): void
}

export interface PeerKind {
  readonly name: string
  start(route: Route): Peer
}
