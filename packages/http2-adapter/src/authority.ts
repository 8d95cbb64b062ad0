import type { NetTarget } from '@wantconn/node-adapter'

/**
 * The URL that a session is for: what a request says as its `:scheme` and `:authority` unless it says
 * so itself.
 */
export function sessionUrl(target: NetTarget): URL {
  const scheme = target.tls === undefined ? 'http' : 'https'
  if ('path' in target && target.path !== undefined) return new URL(`${scheme}://localhost`)
  const { host, port } = target as { host: string; port: number }
  return new URL(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`)
}
