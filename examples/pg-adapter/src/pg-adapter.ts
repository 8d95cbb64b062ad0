import type { Adapter } from '@wantconn/pool-core'
import { Client, type ClientConfig } from 'pg'
import { internalsOf } from './client-internals.ts'
import { configOf, keyOf, type PgTarget } from './pg-target.ts'
import { type Reset, Session } from './session.ts'

export interface PgAdapterOptions {
  /** As for pg: `true`, or options of Node's `tls.connect()`. Default: what `PGSSLMODE` says. */
  readonly ssl?: ClientConfig['ssl']
  /** What is undone when a session is given back. Default `'session'`: everything. */
  readonly reset?: Reset | undefined
  /** A session whose reset takes longer, in ms, is closed. Default 5,000. */
  readonly resetTimeoutMs?: number | undefined
}

/** Sessions of PostgreSQL: a connection is a `Client` of pg, connected and logged in. */
export function pgAdapter(options: PgAdapterOptions = {}): Adapter<PgTarget, Client> {
  const { ssl, reset = 'session', resetTimeoutMs = 5_000 } = options
  const sessions = new WeakMap<Client, Session>()

  return {
    key: keyOf,

    async dial(target, link) {
      const { signal } = link
      signal.throwIfAborted()
      const client = new Client(configOf(target, ssl))
      // For life: an error that nobody listens to would end the process.
      client.on('error', () => {})
      // Ends it at whatever stage it is: connect() then rejects at once.
      const destroy = (): void => void internalsOf(client).connection.stream.destroy()
      signal.addEventListener('abort', destroy)
      try {
        await client.connect()
        signal.throwIfAborted()
        sessions.set(client, new Session(client, link, reset, resetTimeoutMs))
        return client
      } catch (error) {
        destroy()
        throw signal.aborted ? signal.reason : error
      } finally {
        signal.removeEventListener('abort', destroy)
      }
    },

    close: (client) => sessions.get(client)?.close(),
    isBroken: (client) => sessions.get(client)?.isBroken ?? true,
    onIdle: (client) => sessions.get(client)?.onIdle(),
    onLease: (client) => sessions.get(client)?.onLease(),
  }
}
