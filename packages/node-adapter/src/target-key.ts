import { isUnixTarget, type NetTarget } from './target.ts'

/**
 * Equal keys, interchangeable sockets: all that distinguishes two sockets is in it, in a form that
 * people can read in statistics. A space cannot occur in a host or an address, so no two targets
 * run into each other.
 */
export function targetKey(target: NetTarget): string {
  if (isUnixTarget(target)) return `unix ${target.path}`
  const { localAddress, family } = target
  const host = target.host.toLowerCase()
  let key = host.includes(':') ? `tcp [${host}]:${target.port}` : `tcp ${host}:${target.port}`
  if (localAddress !== undefined) key += ` from ${localAddress.toLowerCase()}`
  if (family === 4 || family === 6) key += ` ipv${family}`
  return key
}
