import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import type { Adapter } from '@wantconn/pool-core'
import { RespConn } from './resp-conn.ts'

export interface RespTarget {
  readonly host: string
  readonly port: number
  readonly password?: string | undefined
  /** Default 0. */
  readonly database?: number | undefined
}

/** Connections to a server that speaks RESP, logged in and with their database selected. */
export function respAdapter(): Adapter<RespTarget, RespConn> {
  return {
    // A key shows up in traces and errors, and so must not give a password away.
    key({ host, port, password, database = 0 }) {
      const user = password === undefined ? '' : `${digestOf(password)}@`
      return `${user}${host.toLowerCase()}:${port}/${database}`
    },

    async dial(target, link) {
      const { signal } = link
      // A listener hears nothing of an abort that has been.
      signal.throwIfAborted()
      const conn = new RespConn(connect(target.port, target.host))
      conn.socket.once('close', () => link.closed())
      // Ends it at whatever stage it is: what is being awaited below then rejects at once.
      const onAbort = (): void => conn.destroy()
      signal.addEventListener('abort', onAbort)
      try {
        await logIn(conn, target)
        return conn
      } catch (error) {
        conn.destroy()
        throw signal.aborted ? signal.reason : error
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    },

    close(conn) {
      conn.destroy()
    },

    isBroken: (conn) => conn.isBroken,

    onIdle(conn) {
      conn.socket.unref()
    },

    onLease(conn) {
      conn.socket.ref()
    },
  }
}

/** The first answer also proves that this is a server which speaks RESP. */
async function logIn(conn: RespConn, { password, database = 0 }: RespTarget): Promise<void> {
  if (password !== undefined) await conn.command('AUTH', password)
  await conn.command('SELECT', String(database))
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url').slice(0, 16)
}
