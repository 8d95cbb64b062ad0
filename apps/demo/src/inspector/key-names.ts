import { isIP } from 'node:net'
import { domain } from '../origin/hosts.ts'

// Keys of net targets begin `tcp host:port` or `tls host:port`; what follows tells more of TLS.

/** Short: host and port, without the domain of the demo. */
export function nameOf(key: string): string {
  const [, where = key] = key.split(' ')
  return where.replace(`.${domain}`, '')
}

export function hostOf(key: string): string {
  const [, where = ''] = key.split(' ')
  return where.slice(0, where.lastIndexOf(':')).replace(/^\[|\]$/g, '')
}

export function isAddress(host: string): boolean {
  return isIP(host) !== 0
}
