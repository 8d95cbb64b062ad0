import type { Socket } from 'node:net'
import type { Lease } from '@wantconn/pool-core'
import type { Exchange } from './exchange.ts'

/** A pooled connection that speaks HTTP: for one exchange at a time, or for many. */
export interface HttpConn {
  readonly protocol: 'http/1.1' | 'h2'
  readonly socket: Socket
  /**
   * Sends the request of an exchange. Ends the lease, too: when the response is complete, when it
   * has failed, or before it sends the exchange back into the line.
   */
  send(exchange: Exchange, lease: Lease<HttpConn>): void
  close(): void
}
