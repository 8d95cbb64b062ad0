import type { Socket } from 'node:net'
import type { Adapter } from '@wantconn/pool-core'
import { Dial } from './dial/dial.ts'
import { Plans } from './dial/plans.ts'
import { dialSocket } from './dial-socket.ts'
import { IdleWatch } from './idle-watch.ts'
import { type NetAdapterOptions, resolveNetOptions } from './net-options.ts'
import { type NetTarget, onlyDirect, openSocket, type TargetWithOpener } from './target.ts'
import { TlsSessions } from './tls/tls-sessions.ts'

/**
 * TCP, TLS and Unix domain sockets for a `Pool`, directly or through a proxy.
 *
 * ```ts
 * const pool = new Pool(netAdapter(), { maxPerKey: 10 })
 * const lease = await pool.acquire({ host: 'example.com', port: 6380, tls: true })
 * ```
 *
 * A dial rejects with a {@link NetDialError}, which says in what phase it failed and has the
 * system's `code`; an aborted one with its signal's reason. An idle socket does not keep the process
 * alive, and leaves the pool when its peer ends it or sends anything; so this is for protocols in
 * which the client speaks first.
 */
export function netAdapter(options: NetAdapterOptions = {}): Adapter<NetTarget, Socket> {
  const settings = resolveNetOptions(options)
  const sessions = new TlsSessions(settings.maxTlsSessions)
  const plans = new Plans(settings.proxy)
  return {
    key(target) {
      return plans.key(target)
    },
    async dial(target, link) {
      const watch = (socket: Socket): unknown => new IdleWatch(socket, link)
      const { [openSocket]: open, [onlyDirect]: isOnlyDirect } = target as TargetWithOpener
      const isBarred = isOnlyDirect === true && plans.of(target).proxied !== undefined
      if (open !== undefined && !isBarred) return dialSocket(open, link.signal, watch)
      link.signal.throwIfAborted()
      const socket = await new Dial(plans.of(target), settings, sessions, link.signal).run()
      watch(socket)
      return socket
    },
    close(socket) {
      socket.destroy()
    },
    isBroken(socket) {
      return IdleWatch.of(socket)?.isBroken() === true
    },
    onIdle(socket) {
      IdleWatch.of(socket)?.start()
    },
    onLease(socket) {
      IdleWatch.of(socket)?.stop()
    },
  }
}
