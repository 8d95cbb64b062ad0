import type { ClientHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { netAdapter } from '@wantconn/node-adapter'
import type { Adapter } from '@wantconn/pool-core'
import { AlpnTargets } from './alpn-targets.ts'
import type { Http2Target } from './http2-adapter.ts'
import { type Http2AdapterOptions, resolveHttp2Options } from './http2-options.ts'
import { KeyMemory } from './key-memory.ts'
import { SessionMaker } from './session-maker.ts'
import { SharedSession } from './shared-session.ts'
import { SocketLine } from './socket-line.ts'

/** A connection that speaks what its server has chosen. Go: `persistConn.alt`. */
export type NegotiatedConn =
  | { readonly protocol: 'h2'; readonly session: ClientHttp2Session }
  | { readonly protocol: 'http/1.1'; readonly socket: Socket }

/**
 * Connections to servers of which nobody knows whether they speak HTTP/2: TLS decides (ALPN), in
 * the one dial that there is. A session is shared, a socket is for one lease at a time.
 *
 * ```ts
 * const pool = new Pool(negotiatedAdapter())
 * const { conn } = await pool.acquire({ host: 'example.com', port: 443, tls: true })
 * if (conn.protocol === 'h2') conn.session.request(…)
 * ```
 *
 * What a key has spoken last is what its next dial is expected to bring, so that a burst of wants
 * makes as many dials as are needed. A server that knows no ALPN speaks HTTP/1.1. Targets without
 * `tls` are refused.
 */
export function negotiatedAdapter(
  options: Http2AdapterOptions = {},
): Adapter<Http2Target, NegotiatedConn> {
  const { own, net } = resolveHttp2Options(options)
  const sockets = netAdapter(net)
  const maker = new SessionMaker(own)
  const targets = new AlpnTargets(['h2', 'http/1.1'])
  const spoken = new KeyMemory<NegotiatedConn['protocol']>()
  const keyOf = (target: Http2Target): string => sockets.key(targets.of(checkTls(target)))
  return {
    key: keyOf,
    async dial(target, link) {
      const key = keyOf(target)
      const line = new SocketLine(link)
      const socket = await sockets.dial(targets.of(target), line)
      if ((socket as TLSSocket).alpnProtocol !== 'h2') {
        spoken.set(key, 'http/1.1')
        return { protocol: 'http/1.1', socket }
      }
      spoken.set(key, 'h2')
      const { session } = await maker.make(socket, target, key, link, line)
      return { protocol: 'h2', session }
    },
    expectedCapacity(target) {
      const key = keyOf(target)
      return spoken.get(key) === 'http/1.1' ? 1 : maker.expectedStreams(key)
    },
    close(conn, reason) {
      if (conn.protocol === 'http/1.1') sockets.close(conn.socket, reason)
      else SharedSession.of(conn.session)?.close(`the pool has closed the session: ${reason}`)
    },
    isBroken(conn) {
      if (conn.protocol === 'http/1.1') return sockets.isBroken?.(conn.socket) ?? false
      return SharedSession.of(conn.session)?.isOver ?? true
    },
    onIdle(conn) {
      if (conn.protocol === 'http/1.1') sockets.onIdle?.(conn.socket)
      else SharedSession.of(conn.session)?.onIdle()
    },
    onLease(conn) {
      if (conn.protocol === 'http/1.1') sockets.onLease?.(conn.socket)
      else SharedSession.of(conn.session)?.onLease()
    },
  }
}

function checkTls(target: Http2Target): Http2Target {
  if (target?.tls !== undefined) return target
  throw new TypeError('NetTarget.tls is missing: protocols are negotiated in a TLS handshake')
}
