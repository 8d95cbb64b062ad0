import type { Socket } from 'node:net'
import type { Proxied } from '../dial/plan.ts'
import { hostPort } from '../target-key.ts'
import { handshake } from '../tls/handshake.ts'
import type { TlsSessions } from '../tls/tls-sessions.ts'
import { httpConnect } from './http-connect.ts'
import { socksConnect } from './socks-connect.ts'

export interface TunnelOptions {
  readonly sessions: TlsSessions
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Has the proxy at the other end of a socket connect it through to its destination. The socket
 * belongs to what this resolves with, and is destroyed when it rejects.
 */
export async function openTunnel(
  socket: Socket,
  { proxy, destination }: Proxied,
  { sessions, timeoutMs, signal }: TunnelOptions,
): Promise<Socket> {
  if (proxy.kind === 'socks5') {
    return socksConnect(socket, proxy, destination, timeoutMs, signal)
  }
  const { tls } = proxy
  const toProxy = tls === undefined ? socket : await handshake(socket, tls, sessions, signal)
  return httpConnect(toProxy, proxy, hostPort(destination.host, destination.port), signal)
}
