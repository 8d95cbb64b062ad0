import type { ClientHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type NetTarget, netAdapter } from '@wantconn/node-adapter'
import type { Adapter } from '@wantconn/pool-core'
import { AlpnTargets } from './alpn-targets.ts'
import { Http2Error } from './http2-error.ts'
import { type Http2AdapterOptions, resolveHttp2Options } from './http2-options.ts'
import { SessionMaker } from './session-maker.ts'
import { SharedSession } from './shared-session.ts'
import { SocketLine } from './socket-line.ts'

/** What a session is wanted to. Without `tls`, HTTP/2 is spoken at once ("prior knowledge"). */
export type Http2Target = NetTarget

/**
 * Sessions of HTTP/2 for a `Pool`, which lends as many leases on each as its peer takes streams at
 * once: one lease, one stream.
 *
 * ```ts
 * const pool = new Pool(http2Adapter())
 * await pool.use({ host: 'example.com', port: 443, tls: true }, async (session) => …)
 * ```
 *
 * A session is handed out once its peer's SETTINGS have come. GOAWAY drains it: streams that the
 * peer still answers finish. A dial fails as one of `netAdapter`, with `ERR_H2_NOT_NEGOTIATED` or
 * with `ERR_H2_NO_SETTINGS`; an aborted one with its signal's reason.
 */
export function http2Adapter(
  options: Http2AdapterOptions = {},
): Adapter<Http2Target, ClientHttp2Session> {
  return trackedHttp2Adapter(options).adapter
}

export interface TrackedAdapter<Conn extends object> {
  readonly adapter: Adapter<Http2Target, Conn>
  readonly maker: SessionMaker
}

/** Of a target that nobody changes any more: composing its key for each request would cost as much as the rest. */
export const knownKey: unique symbol = Symbol('knownKey')

export type KeyedTarget = Http2Target & { [knownKey]?: string }

/** The adapter, and what it knows of its sessions. */
export function trackedHttp2Adapter(
  options: Http2AdapterOptions,
): TrackedAdapter<ClientHttp2Session> {
  const { own, net } = resolveHttp2Options(options)
  const sockets = netAdapter(net)
  const maker = new SessionMaker(own)
  const targets = new AlpnTargets(['h2'])
  const keyOf = (target: Http2Target): string =>
    (target as KeyedTarget)?.[knownKey] ?? sockets.key(targets.of(target))
  const adapter: Adapter<Http2Target, ClientHttp2Session> = {
    key: keyOf,
    async dial(target, link) {
      const line = new SocketLine(link)
      const socket = await sockets.dial(targets.of(target), line)
      if (target.tls !== undefined) checkProtocol(socket, keyOf(target))
      return (await maker.make(socket, target, keyOf(target), link, line)).session
    },
    expectedCapacity(target) {
      return maker.expectedStreams(keyOf(target))
    },
    close(session, reason) {
      SharedSession.of(session)?.close(`the pool has closed the session: ${reason}`)
    },
    isBroken(session) {
      return SharedSession.of(session)?.isOver ?? true
    },
    onIdle(session) {
      SharedSession.of(session)?.onIdle()
    },
    onLease(session) {
      SharedSession.of(session)?.onLease()
    },
  }
  return { adapter, maker }
}

/** A server that has never heard of ALPN answers, and speaks something else. */
function checkProtocol(socket: Socket, key: string): void {
  const { alpnProtocol } = socket as TLSSocket
  if (alpnProtocol === 'h2') return
  socket.destroy()
  const chosen = alpnProtocol ? `chose ${alpnProtocol}` : 'chose no protocol'
  throw new Http2Error('ERR_H2_NOT_NEGOTIATED', `no session with ${key}: the server ${chosen}`)
}

/**
 * Asks the peer of a leased session whether it is there, as when something has taken too long. Until
 * it answers, nobody else gets the session; without an answer within `pingTimeoutMs`, the session
 * and its streams fail. Nothing happens to a session of another make.
 */
export function suspect(session: ClientHttp2Session): void {
  SharedSession.of(session)?.suspect()
}
