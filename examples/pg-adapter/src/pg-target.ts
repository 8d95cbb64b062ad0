import { createHash } from 'node:crypto'
import type { ClientConfig } from 'pg'

/** Which database, as whom, and the settings that its sessions begin with. */
export interface PgTarget {
  /** A name, an address, or the directory of a Unix socket. */
  readonly host: string
  /** Default 5432. */
  readonly port?: number | undefined
  readonly user: string
  readonly password?: string | undefined
  /** Default: the user's name. */
  readonly database?: string | undefined
  /**
   * What `SET` could set, as in `{ search_path: 'shop', statement_timeout: 2_000 }`. A reset of the
   * session comes back to these.
   */
  readonly settings?: Readonly<Record<string, string | number | boolean>> | undefined
}

/** A pool asks for a key at every acquire(), and mostly for that of the same target. */
let latest: { readonly target: PgTarget; readonly key: string } | undefined

/** Two sessions are interchangeable only if they agree in all of it. */
export function keyOf(target: PgTarget): string {
  if (latest === undefined || !isSame(target, latest.target)) {
    latest = { target: { ...target }, key: composeKey(target) }
  }
  return latest.key
}

function isSame(a: PgTarget, b: PgTarget): boolean {
  const isSamePlace = a.host === b.host && a.port === b.port && a.database === b.database
  // Settings may have changed within, and are looked at each time.
  const hasSettings = a.settings !== undefined || b.settings !== undefined
  return isSamePlace && a.user === b.user && a.password === b.password && !hasSettings
}

function composeKey({
  host,
  port = 5432,
  user,
  password,
  database = user,
  settings,
}: PgTarget): string {
  // A key shows up in traces and errors, and so must not give a password away.
  const secret = password === undefined ? '' : `:${digestOf(password)}`
  const place = host.startsWith('/') ? encodeURIComponent(host) : host.toLowerCase()
  const address = `${encodeURIComponent(user)}${secret}@${place}:${port}`
  return `${address}/${encodeURIComponent(database)}${queryOf(settings)}`
}

export function configOf(target: PgTarget, ssl: ClientConfig['ssl']): ClientConfig {
  const { host, port = 5432, user, password, database = user, settings } = target
  return { host, port, user, password, database, ssl, options: optionsOf(settings) }
}

function queryOf(settings: PgTarget['settings'] = {}): string {
  const pairs = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))
  const texts = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return texts.length === 0 ? '' : `?${texts.join('&')}`
}

/** As the command line of a server: a blank ends a word unless a backslash is before it. */
function optionsOf(settings: PgTarget['settings']): string | undefined {
  if (settings === undefined) return undefined
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${String(value).replace(/[\\\s]/g, '\\$&')}`)
    .join(' ')
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url').slice(0, 16)
}
