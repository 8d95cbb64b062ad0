import type { Socket } from 'node:net'
import type { Adapter, PoolTrace } from '@wantconn/pool-core'
import { combineTraces } from '../combine-traces.ts'
import { fingerprint } from '../fingerprint.ts'
import { netAdapter } from '../net-adapter.ts'
import type { NetAdapterOptions } from '../net-options.ts'
import type { NetTarget } from '../target.ts'
import type { LiveViews } from './live-views.ts'
import { type AgentTarget, type Origin, originOf } from './origin.ts'

/**
 * `netAdapter` for the pool of one agent: knows the keys of its origins by heart, and tells which
 * socket is for which, also of those that no request has had yet.
 */
export function agentAdapter(
  options: NetAdapterOptions,
  views: LiveViews,
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
      if (origin !== undefined) views.know(socket, origin)
      return socket
    },
    close(socket, reason) {
      views.forget(socket)
      net.close(socket, reason)
    },
  }
}

/** The trace of such a pool: a connection that its peer closes is not closed by the adapter. */
export function forgetting(
  views: LiveViews,
  given: PoolTrace<Socket> | undefined,
): PoolTrace<Socket> {
  const own: PoolTrace<Socket> = { connClosed: ({ conn }) => views.forget(conn) }
  if (given === undefined) return own
  // What is no trace is for the pool to refuse.
  return typeof given === 'object' && given !== null ? combineTraces(own, given) : given
}
