import type { ClientHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'

/** The local port of a connection that is open. */
export function portOf(conn: object): number | undefined {
  const socket = isSession(conn) ? conn.socket : (conn as Socket)
  return socket?.localPort
}

/** Streams that the peer of a session takes at once. */
export function capacityOf(conn: object): number | undefined {
  return isSession(conn) ? conn.remoteSettings.maxConcurrentStreams : undefined
}

function isSession(conn: object): conn is ClientHttp2Session {
  return 'remoteSettings' in conn
}
