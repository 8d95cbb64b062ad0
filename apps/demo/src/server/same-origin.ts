import type { IncomingMessage } from 'node:http'

const hosts = ['127.0.0.1', 'localhost']

/**
 * Whether a request is meant for this server, and comes from its own page or from no page at all.
 *
 * Listening on loopback keeps other machines out, but not the pages of a browser on this one: a name
 * of somebody else's that leads to 127.0.0.1 shows in `Host`, a page from elsewhere in `Origin`.
 */
export function isSameOrigin({ headers, socket }: IncomingMessage): boolean {
  const { host, origin } = headers
  const port = socket.localPort
  if (!hosts.some((name) => host === `${name}:${port}`)) return false
  return origin === undefined || origin === `http://${host}`
}
