import type { Socket } from 'node:net'
import type { Lease } from '@wantconn/pool-core'
import { IdleWatch } from '../idle-watch.ts'
import { clientHandlerOf } from './client-handlers.ts'
import type { ClientEngine, EngineClient, HttpClientOptions } from './engine.ts'
import type { Exchange } from './exchange.ts'
import type { HttpConn } from './http-conn.ts'
import { Http1Attempt } from './http1-attempt.ts'
import type { KeepAliveReader } from './keep-alive.ts'
import { NoOtherConnection } from './no-other-connection.ts'
import { undiciError } from './undici-error.ts'

/** How long an idle connection lives is the pool's business: a client must not think it is its own. */
const neverMs = 2 ** 31 - 1

/** What of a dispatcher's options concerns each connection. */
export interface Http1Settings extends HttpClientOptions {
  readonly engine: ClientEngine
  readonly keepAlive: KeepAliveReader
  /** Connections are for one request each. */
  readonly reuse: boolean
}

/**
 * One connection that speaks HTTP/1.1, by a client of undici of its own.
 *
 * The client is made at the first use. It thinks that it may connect whenever it likes, and is given
 * this socket the first time and an error each time after that.
 */
export class Http1Conn implements HttpConn {
  readonly protocol = 'http/1.1'
  readonly socket: Socket
  readonly settings: Http1Settings
  readonly #origin: string
  readonly #servername: string | undefined
  #client: EngineClient | undefined = undefined
  #isTaken = false
  /** What its client is in the middle of; at the `end` of a response it may have read more than that. */
  phase: 'idle' | 'request' | 'end' = 'idle'
  /** Why it is to be closed. */
  failure: Error | undefined = undefined

  constructor(socket: Socket, origin: string, settings: Http1Settings) {
    this.socket = socket
    this.#origin = origin
    // Else a client closes it when a Host header differs: which names it is for, its key says.
    this.#servername = origin.startsWith('https:') ? 'of-this-connection' : undefined
    this.settings = settings
    this.#watch?.start()
  }

  /** Why it is gone. */
  get loss(): unknown {
    return this.socket.errored ?? undiciError('UND_ERR_SOCKET', 'other side closed')
  }

  send(exchange: Exchange, lease: Lease<HttpConn>): void {
    if (this.phase === 'end') {
      // Whatever else came with the last response would be taken for the answer to this request.
      queueMicrotask(() => exchange.sendOn(lease))
      return
    }
    this.#client ??= this.#open()
    this.phase = 'request'
    const { options } = exchange
    options.servername = this.#servername
    this.#client.dispatch(
      options,
      clientHandlerOf(this.settings.engine.generation, new Http1Attempt(exchange, lease, this)),
    )
  }

  /** Without an error, a client in the middle of a request takes it for the end of the response. */
  close(): void {
    if (this.phase === 'request') this.failure ??= undiciError('UND_ERR_DESTROYED')
    this.socket.destroy(this.failure)
  }

  get #watch(): IdleWatch | undefined {
    return IdleWatch.of(this.socket)
  }

  #open(): EngineClient {
    const { engine, reuse, keepAlive: _, ...options } = this.settings
    return engine.newClient(this.#origin, {
      ...options,
      pipelining: reuse ? 1 : 0,
      keepAliveTimeout: neverMs,
      keepAliveMaxTimeout: neverMs,
      keepAliveTimeoutThreshold: 0,
      allowH2: false,
      connect: this.#connect,
    })
  }

  readonly #connect = (
    _options: unknown,
    done: (error: Error | null, socket?: Socket) => void,
  ): void => {
    const isTaken = this.#isTaken
    this.#isTaken = true
    // Later, as undici 7 and 8 never begin a request whose connection was there at once.
    queueMicrotask(() => {
      if (isTaken || this.socket.destroyed) {
        done(new NoOtherConnection('the connection was lost'))
        return
      }
      // From here on the client listens to the socket itself, idle or not.
      this.#watch?.stop()
      done(null, this.socket)
    })
  }
}
