import type { Socket } from 'node:net'
import type { Adapter } from '@wantconn/pool-core'
import { isUnixTarget, type NetTarget } from '../target.ts'
import { hostPort } from '../target-key.ts'
import type { HttpConn } from './http-conn.ts'
import { Http1Conn, type Http1Settings } from './http1-conn.ts'
import { type OriginTarget, originOf } from './targets.ts'

/** What undici's events are made of. */
export interface DispatchAdapterEvents {
  connected(origin: string): void
  failed(origin: string, error: unknown): void
  ended(origin: string, error: Error | undefined): void
}

export interface DispatchAdapterSettings {
  readonly sockets: Adapter<NetTarget, Socket>
  readonly http1: () => Promise<Http1Settings>
  readonly events: DispatchAdapterEvents
}

/** Connections of `netAdapter` that speak HTTP. */
export function dispatchAdapter(settings: DispatchAdapterSettings): Adapter<NetTarget, HttpConn> {
  const { sockets, events } = settings
  return {
    key(target) {
      const key = sockets.key(target)
      // Behind one path there are several origins, and a connection belongs to one of them.
      return isUnixTarget(target) ? `${key} for ${originFor(target)}` : key
    },
    async dial(target, link) {
      const origin = originFor(target)
      try {
        // What reads and writes comes first: if there is none, nothing need be dialed.
        const http1 = await settings.http1()
        const socket = await sockets.dial(target, link)
        socket.once('close', () => events.ended(origin, socket.errored ?? undefined))
        events.connected(origin)
        return new Http1Conn(socket, origin, http1)
      } catch (error) {
        if (!link.signal.aborted) events.failed(origin, error)
        throw error
      }
    },
    close: (conn) => conn.close(),
    isBroken: (conn) => conn.isBroken(),
    onIdle: (conn) => conn.onIdle(),
    onLease: (conn) => conn.onLease(),
  }
}

/** Of a target that a dispatcher has made, or of one that somebody warms its pool with. */
function originFor(target: OriginTarget): string {
  const origin = target[originOf]
  if (origin !== undefined) return origin
  const protocol = target.tls === undefined ? 'http:' : 'https:'
  if (isUnixTarget(target)) return `${protocol}//localhost`
  return new URL(`${protocol}//${hostPort(target.host, target.port)}`).origin
}
