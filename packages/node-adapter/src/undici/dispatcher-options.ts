import type { ConnectionOptions } from 'node:tls'
import type { Pool, PoolOptions } from '@wantconn/pool-core'
import type { NetAdapterOptions } from '../net-options.ts'
import type { NetTarget } from '../target.ts'
import type { UndiciModule } from './engine.ts'
import type { HttpConn } from './http-conn.ts'

/** What undici calls a connector: opens a socket and calls back with it, connected. */
export type Connector = (
  options: {
    readonly host: string
    readonly hostname: string
    readonly protocol: string
    readonly port: string
    readonly servername: string | null
    readonly localAddress: string | null
  },
  callback: (...result: [error: null, socket: object] | [error: Error, socket: null]) => void,
) => void

/** undici's options of `connect`, TLS included, as far as they mean something here. */
export interface ConnectOptions extends ConnectionOptions {
  /** For connecting, and for the handshake, each. */
  timeout?: number | undefined
  keepAlive?: boolean | undefined
  keepAliveInitialDelay?: number | undefined
  noDelay?: boolean | undefined
  localAddress?: string | undefined
  family?: 0 | 4 | 6 | undefined
  lookup?: NetAdapterOptions['lookup']
  socketPath?: string | undefined
  maxCachedSessions?: number | undefined
  autoSelectFamily?: boolean | undefined
  autoSelectFamilyAttemptTimeout?: number | undefined
}

/** Options of undici's `Agent`, `Pool` and `Client`, with the same meaning; durations in ms. */
export interface UndiciOptions {
  /** The pool's `maxPerKey`; `null`: no limit. */
  connections?: number | null | undefined
  /** 1, or 0: a connection for each request. More would bind requests early. Of no meaning to HTTP/2. */
  pipelining?: 0 | 1 | undefined
  /** How long a connection may be idle whose server has not said how long it keeps it. Default: as long as the pool lets it. */
  keepAliveTimeout?: number | undefined
  /** However long the server keeps an idle connection, no longer than this: the pool's `idleTimeoutMs`. */
  keepAliveMaxTimeout?: number | undefined
  /** How much earlier than its server would an idle connection is given up. Default: a tenth of that time, at most a second. */
  keepAliveTimeoutThreshold?: number | undefined
  /** Between the request and the end of the response's headers; 0: never. Default 300,000. */
  headersTimeout?: number | undefined
  /** Between parts of a body; 0: never. Default 300,000. */
  bodyTimeout?: number | undefined
  /** In bytes; -1: any. */
  maxResponseSize?: number | undefined
  /** In bytes. Default: that of `node:http`. */
  maxHeaderSize?: number | undefined
  /** Whether a body that is not as long as its Content-Length fails. Default `true`. */
  strictContentLength?: boolean | undefined
  /** HTTP/2 where the server speaks it. Default `true`. */
  allowH2?: boolean | undefined
  /**
   * HTTP/2: at most so many streams at once on one session, even where the server takes more; and so
   * many are expected of a server that has not told yet. Default: as many as it takes, and 100.
   */
  maxConcurrentStreams?: number | undefined
  /** HTTP/2: how much of a stream's body may come before anybody reads it. Default 262,144. */
  initialWindowSize?: number | undefined
  /** HTTP/2: the same for all streams of a session. Default 524,288. */
  connectionWindowSize?: number | undefined
  /**
   * HTTP/2: a session on which somebody waits and nothing has come for so long is asked whether it is
   * there, and given up if nothing comes for as long again; 0: never. Default 10,000.
   */
  pingInterval?: number | undefined
  /** How to connect, or a function that does. */
  connect?: ConnectOptions | Connector | undefined
  connectTimeout?: number | undefined
  localAddress?: string | undefined
  /** A Unix domain socket, whatever the origin. */
  socketPath?: string | undefined
  maxCachedSessions?: number | undefined
  autoSelectFamily?: boolean | undefined
  autoSelectFamilyAttemptTimeout?: number | undefined
  /** The pool's `maxUses`. */
  maxRequestsPerClient?: number | undefined
  /** The pool's `maxLifetimeMs`, without jitter unless `lifetimeJitter` is given. */
  clientTtl?: number | null | undefined
  /** For undici's WebSocket, which asks its dispatcher. */
  webSocket?: object | undefined
  /** For undici's EventSource, which asks its dispatcher. */
  eventSource?: object | undefined
}

/**
 * undici's options, those of a `Pool`, and how to dial, as in `netAdapter`. One thing under two names
 * is refused; so is an option of undici's that cannot be honoured.
 */
export interface PoolDispatcherOptions
  extends UndiciOptions,
    PoolOptions<HttpConn>,
    Omit<NetAdapterOptions, 'maxTlsSessions'> {
  /** TLS of all `https:` origins, as in `NetTarget`. */
  tls?: ConnectionOptions | undefined
  /** Only addresses of this family. */
  family?: 0 | 4 | 6 | undefined
  maxTlsSessions?: number | undefined
  /** That of another dispatcher, with its limits, its connections and the way in which it dials. */
  pool?: Pool<NetTarget, HttpConn> | undefined
  /**
   * The undici whose client writes and reads HTTP/1.1. Default: the one that is installed, version 7
   * or 8, else the one inside Node.
   */
  undici?: UndiciModule | undefined
}
