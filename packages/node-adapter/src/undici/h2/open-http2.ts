import type { Socket } from 'node:net'
import type { Link } from '@wantconn/pool-core'
import { undiciError } from '../undici-error.ts'
import { Http2Conn, type Http2Settings } from './http2-conn.ts'

/**
 * Speaks HTTP/2 on a connected socket, which belongs to the session from here on. Resolves when the
 * peer's first SETTINGS have come: before that nobody knows how many streams it takes.
 */
export function openHttp2(
  socket: Socket,
  origin: string,
  link: Link,
  settings: Http2Settings,
): Promise<Http2Conn> {
  return new Promise((resolve, reject) => {
    const conn = new Http2Conn(socket, origin, link, settings)
    const { session } = conn
    const end = (): void => {
      session.off('remoteSettings', onSettings).off('close', onClose)
      link.signal.removeEventListener('abort', onAbort)
    }
    const fail = (error: unknown): void => {
      end()
      session.destroy()
      socket.destroy()
      reject(error)
    }
    const onSettings = (): void => {
      end()
      // From here on only what is sent on it keeps the process alive.
      session.unref()
      resolve(conn)
    }
    const onClose = (): void => {
      const cause = socket.errored ?? undefined
      fail(undiciError('UND_ERR_SOCKET', 'the peer ended an HTTP/2 session before it began', cause))
    }
    const onAbort = (): void => fail(link.signal.reason)
    session.once('remoteSettings', onSettings).once('close', onClose)
    link.signal.addEventListener('abort', onAbort)
    if (link.signal.aborted) onAbort()
  })
}
