import { isIP } from 'node:net'
import { asciiHost, checkTarget, isUnixTarget, type NetTarget, type TcpTarget } from '../target.ts'
import { targetKey } from '../target-key.ts'
import { planTls, type TlsPlan } from '../tls/tls-plan.ts'
import type { TcpEnd } from './candidates.ts'

/** What to do to reach a target. */
export interface DialPlan {
  readonly key: string
  readonly firstHop: TcpEnd | { readonly path: string }
  readonly tls: TlsPlan | undefined
}

/** Throws `TypeError` or `RangeError` for what cannot be dialed. */
export function planDial(target: NetTarget): DialPlan {
  checkTarget(target)
  const key = targetKey(target)
  const host = isUnixTarget(target) ? undefined : asciiHost(target.host)
  const { tls } = target
  return {
    key,
    firstHop: isUnixTarget(target) ? { path: target.path } : endOf(target),
    tls: tls === undefined ? undefined : planTls('NetTarget.tls', tls, host, key),
  }
}

function endOf({ host, port, localAddress, family = 0 }: TcpTarget): TcpEnd {
  const own = localAddress === undefined ? 0 : (isIP(localAddress) as 4 | 6)
  return { host: asciiHost(host), port, localAddress, family: own || family }
}
