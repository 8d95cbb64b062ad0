import type { Socket } from 'node:net'
import type { Adapter, Link } from '@wantconn/pool-core'
import { netAdapter } from '../net-adapter.ts'
import type { NetAdapterOptions } from '../net-options.ts'
import type { NetTarget } from '../target.ts'
import type { LiveViews } from './live-views.ts'
import { type AgentTarget, originOf } from './origin.ts'

/**
 * `netAdapter` for the pool of one agent: knows the keys of its origins by heart, and tells which
 * socket is for which, also of those that no request has had yet.
 */
export function agentAdapter(
  options: NetAdapterOptions,
  views: LiveViews,
): Adapter<NetTarget, Socket> {
  const net = netAdapter(options)
  return {
    ...net,
    key(target) {
      const origin = (target as AgentTarget)[originOf]
      if (origin === undefined) return net.key(target)
      origin.key ??= net.key(origin.target)
      return origin.key
    },
    async dial(target, link) {
      const origin = (target as AgentTarget)[originOf]
      if (origin === undefined) return net.dial(target, link)
      const watched = new WatchedLink(link, views)
      const socket = await net.dial(target, watched)
      watched.socket = socket
      views.know(socket, origin)
      return socket
    },
    close(socket, reason) {
      views.forget(socket)
      net.close(socket, reason)
    },
  }
}

/** A connection that its peer closes is not closed by the adapter, so this is where that is heard of. */
class WatchedLink implements Link {
  socket: Socket | undefined
  readonly #link: Link
  readonly #views: LiveViews

  constructor(link: Link, views: LiveViews) {
    this.#link = link
    this.#views = views
  }

  get signal(): AbortSignal {
    return this.#link.signal
  }

  closed(error?: Error): void {
    if (this.socket !== undefined) this.#views.forget(this.socket)
    this.#link.closed(error)
  }

  drain(): void {
    this.#link.drain()
  }

  setCapacity(capacity: number): void {
    this.#link.setCapacity(capacity)
  }
}
