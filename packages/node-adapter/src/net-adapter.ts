import { connect, type NetConnectOpts, type Socket } from 'node:net'
import type { Adapter } from '@wantconn/pool-core'
import { dialSocket, type OpenSocket } from './dial-socket.ts'
import { IdleWatch } from './idle-watch.ts'
import {
  checkTarget,
  isUnixTarget,
  type NetTarget,
  openSocket,
  show,
  type TargetWithOpener,
} from './target.ts'
import { targetKey } from './target-key.ts'

/** What holds for all sockets of one adapter. */
export interface NetAdapterOptions {
  /** Small writes are sent at once, without waiting for more (`TCP_NODELAY`). Default `true`. */
  noDelay?: boolean | undefined
  /** Silence in ms after which the system begins to probe whether the peer is there. Default 15,000; `Infinity`: never. */
  keepAliveDelayMs?: number | undefined
}

/**
 * TCP connections and Unix domain sockets for a `Pool`.
 *
 * ```ts
 * const pool = new Pool(netAdapter(), { maxPerKey: 10 })
 * const lease = await pool.acquire({ host: 'example.com', port: 6379 })
 * ```
 *
 * A dial fails with the system's own error (`ECONNREFUSED`, `ENOTFOUND`, …), untouched. An idle
 * socket does not keep the process alive, and leaves the pool when its peer ends it or sends
 * anything; so this is for protocols in which the client speaks first.
 */
export function netAdapter(options: NetAdapterOptions = {}): Adapter<NetTarget, Socket> {
  checkOptions(options)
  return {
    key(target) {
      checkTarget(target)
      return targetKey(target)
    },
    dial(target, link) {
      const open = (target as TargetWithOpener)[openSocket] ?? opener(target, options)
      return dialSocket(open, link.signal, (socket) => new IdleWatch(socket, link))
    },
    close(socket) {
      socket.destroy()
    },
    isBroken(socket) {
      // Bytes that its last holder did not read would be taken for the next one's answer.
      return socket.destroyed || !socket.writable || !socket.readable || socket.readableLength > 0
    },
    onIdle(socket) {
      IdleWatch.of(socket)?.start()
    },
    onLease(socket) {
      IdleWatch.of(socket)?.stop()
    },
  }
}

function opener(target: NetTarget, options: NetAdapterOptions): OpenSocket {
  const { noDelay = true, keepAliveDelayMs = 15_000 } = options
  if (isUnixTarget(target)) return () => connect({ path: target.path })
  const keepAlive = keepAliveDelayMs !== Number.POSITIVE_INFINITY
  const connectOptions: NetConnectOpts = {
    host: target.host,
    port: target.port,
    noDelay,
    keepAlive,
    ...(keepAlive && { keepAliveInitialDelay: keepAliveDelayMs }),
    ...(target.localAddress !== undefined && { localAddress: target.localAddress }),
    ...(target.family !== undefined && { family: target.family }),
  }
  return () => connect(connectOptions)
}

function checkOptions(options: NetAdapterOptions): void {
  const { noDelay, keepAliveDelayMs, ...unknown } = options
  for (const name in unknown) throw new TypeError(`unknown option NetAdapterOptions.${name}`)
  if (noDelay !== undefined && typeof noDelay !== 'boolean') {
    throw new TypeError(`NetAdapterOptions.noDelay must be true or false; got ${show(noDelay)}`)
  }
  if (keepAliveDelayMs === undefined) return
  if (typeof keepAliveDelayMs !== 'number') {
    throw new TypeError(
      `NetAdapterOptions.keepAliveDelayMs must be a number; got ${show(keepAliveDelayMs)}`,
    )
  }
  if (!(keepAliveDelayMs > 0)) {
    throw new RangeError(
      `NetAdapterOptions.keepAliveDelayMs must be above 0, or Infinity; got ${keepAliveDelayMs}`,
    )
  }
}
