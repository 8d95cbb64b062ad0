import { connect, isIP, type NetConnectOpts } from 'node:net'
import type { NetSettings } from '../net-options.ts'
import { hostPort } from '../target-key.ts'
import type { Candidate } from './race.ts'

/** The end of the wire that is connected to first: the target's, or its proxy's. */
export interface TcpEnd {
  readonly host: string
  readonly port: number
  readonly localAddress: string | undefined
  readonly family: 0 | 4 | 6
}

export function tcpCandidates(
  end: TcpEnd,
  addresses: readonly string[],
  settings: NetSettings,
): Candidate[] {
  const { noDelay, keepAliveDelayMs } = settings
  const keepAlive = keepAliveDelayMs !== Number.POSITIVE_INFINITY
  const options = {
    port: end.port,
    noDelay,
    keepAlive,
    ...(keepAlive && { keepAliveInitialDelay: keepAliveDelayMs }),
    ...(end.localAddress !== undefined && { localAddress: end.localAddress }),
  } satisfies Partial<NetConnectOpts>
  return addresses.map((address) => ({
    address: hostPort(address, end.port),
    open: () => connect({ ...options, host: address, family: isIP(address) }),
  }))
}

export function unixCandidate(path: string): Candidate {
  return { address: path, open: () => connect({ path }) }
}
