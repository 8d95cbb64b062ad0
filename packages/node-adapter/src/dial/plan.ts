import { isIP } from 'node:net'
import type { ProxyPlan } from '../proxy/proxy-plan.ts'
import { isUnixTarget, type NetTarget, type TcpTarget } from '../target.ts'
import { asciiHost } from '../target-host.ts'
import { targetKey } from '../target-key.ts'
import { planTls, type TlsPlan } from '../tls/tls-plan.ts'
import type { TcpEnd } from './candidates.ts'

/** What to do to reach a target. */
export interface DialPlan {
  readonly key: string
  /** What is connected to: the target or its proxy. */
  readonly firstHop: TcpEnd | { readonly path: string }
  readonly proxied: Proxied | undefined
  readonly tls: TlsPlan | undefined
}

/** A proxy, and where it is to connect to. */
export interface Proxied {
  readonly proxy: ProxyPlan
  readonly destination: { readonly host: string; readonly port: number }
}

/** For a target that has been checked. */
export function planDial(target: NetTarget, proxy: ProxyPlan | undefined): DialPlan {
  const key = targetKey(target, proxy)
  const { tls } = target
  if (isUnixTarget(target)) {
    return {
      key,
      firstHop: { path: target.path },
      proxied: undefined,
      tls: tls && planTls('NetTarget.tls', tls, undefined, key),
    }
  }
  const destination = { host: asciiHost(target.host), port: target.port }
  const { host, port } = proxy ?? destination
  return {
    key,
    firstHop: { host, port, ...origin(target) },
    proxied: proxy && { proxy, destination },
    tls: tls && planTls('NetTarget.tls', tls, destination.host, key),
  }
}

/** Where the connection comes from, which decides what it can go to. */
function origin(target: TcpTarget): Pick<TcpEnd, 'localAddress' | 'family'> {
  const { localAddress, family = 0 } = target
  if (localAddress === undefined) return { localAddress, family }
  return { localAddress, family: isIP(localAddress) as 4 | 6 }
}
