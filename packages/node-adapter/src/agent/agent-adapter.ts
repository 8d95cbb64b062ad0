import type { Socket } from 'node:net'
import type { Adapter } from '@wantconn/pool-core'
import { fingerprint } from '../fingerprint.ts'
import { netAdapter } from '../net-adapter.ts'
import type { NetAdapterOptions } from '../net-options.ts'
import type { NetTarget } from '../target.ts'
import { type AgentTarget, type Origin, originOf } from './origin.ts'

/**
 * `netAdapter` for the pool of one agent: knows the keys of its origins by heart, and tells which
 * socket is for which, also of those that no request has had yet.
 */
export function agentAdapter(
  options: NetAdapterOptions,
  opened: (socket: Socket, origin: Origin) => void,
): Adapter<NetTarget, Socket> {
  const net = netAdapter(options)
  const keys = new WeakMap<Origin, string>()
  const keyOf = (origin: Origin): string => {
    const { distinct, target } = origin
    const key = net.key(target) + (distinct === undefined ? '' : ` name=${fingerprint(distinct)}`)
    keys.set(origin, key)
    return key
  }
  return {
    ...net,
    key(target) {
      const origin = (target as AgentTarget)[originOf]
      return origin === undefined ? net.key(target) : (keys.get(origin) ?? keyOf(origin))
    },
    async dial(target, link) {
      const socket = await net.dial(target, link)
      const origin = (target as AgentTarget)[originOf]
      if (origin !== undefined) opened(socket, origin)
      return socket
    },
  }
}
