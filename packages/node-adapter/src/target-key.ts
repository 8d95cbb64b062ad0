import type { ProxyPlan } from './proxy/proxy-plan.ts'
import { isUnixTarget, type NetTarget, type TcpTarget } from './target.ts'
import { asciiHost } from './target-host.ts'
import { tlsKey } from './tls/tls-plan.ts'

/**
 * Equal keys, interchangeable sockets: all that distinguishes two sockets is in it, in a form that
 * people can read in statistics, and secrets as fingerprints. A space cannot occur in any part, so
 * no two targets run into each other.
 */
export function targetKey(target: NetTarget, proxy?: ProxyPlan | undefined): string {
  const key = isUnixTarget(target) ? unixKey(target.path, target) : tcpKey(target, proxy)
  return target.partition === undefined ? key : `${key} for ${escapeSpaces(target.partition)}`
}

function escapeSpaces(text: string): string {
  return text.replace(/[%\s\p{Cc}]/gu, encodeURIComponent)
}

function unixKey(path: string, { tls }: NetTarget): string {
  const escaped = escapeSpaces(path)
  if (tls === undefined) return `unix ${escaped}`
  return `tls unix:${escaped}${tlsKey('NetTarget.tls', tls, undefined)}`
}

function tcpKey(target: TcpTarget, proxy: ProxyPlan | undefined): string {
  const { localAddress, family, tls } = target
  const host = asciiHost(target.host)
  const scheme = tls === undefined ? 'tcp' : 'tls'
  let key = `${scheme} ${hostPort(host, target.port)}`
  if (localAddress !== undefined) key += ` from ${localAddress.toLowerCase()}`
  if (family === 4 || family === 6) key += ` ipv${family}`
  if (tls !== undefined) key += tlsKey('NetTarget.tls', tls, host)
  if (proxy !== undefined) key += ` via ${proxy.key}`
  return key
}

/** `example.com:80`, `[::1]:80`. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
