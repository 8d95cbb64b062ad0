import { isIP } from 'node:net'
import type { AgentRequest } from './node-http.ts'

/**
 * The name that a TLS connection for a request asks for, as in Node: that of the Host header, else
 * the host; empty for an address (RFC 6066, section 3, has none there).
 */
export function serverNameOf(req: AgentRequest, given: string | undefined, host: string): string {
  const name = given ?? nameInHeader(req.getHeader('host')) ?? host
  return isIP(name) === 0 ? name : ''
}

function nameInHeader(header: unknown): string | undefined {
  if (!header) return undefined
  const host = String(header)
  if (!host.startsWith('[')) return host.split(':', 1)[0]
  const end = host.indexOf(']')
  return end === -1 ? host : host.slice(1, end)
}
