import { type ClientHttp2Session, connect } from 'node:http2'
import type { Socket } from 'node:net'
import type { Lease, Link } from '@wantconn/pool-core'
import type { Exchange } from '../exchange.ts'
import type { HttpConn } from '../http-conn.ts'
import { undiciError } from '../undici-error.ts'
import { Http2Attempt, maxTries } from './http2-attempt.ts'
import { SessionPulse } from './session-pulse.ts'

/** SETTINGS_MAX_CONCURRENT_STREAMS as Node shows it when the peer has set no limit. */
const noLimit = 2 ** 32 - 1

/** How long a session that is over may take to say so to its peer before its socket is torn down. */
const lingerMs = 1_000

/** What of a dispatcher's options concerns each session. */
export interface Http2Settings {
  readonly initialWindowSize: number
  readonly connectionWindowSize: number
  /** At most so many streams, however many the peer takes. */
  readonly maxStreams: number
  readonly headersTimeout: number
  readonly bodyTimeout: number
  readonly maxResponseSize: number
  readonly strictContentLength: boolean
  /** 0: never. */
  readonly pingInterval: number
}

/**
 * A session of HTTP/2, which many exchanges share: as many as its peer's SETTINGS allow, and none
 * any more after its GOAWAY.
 *
 * It is written to by `node:http2`, not by a client of undici, as with HTTP/1.1. Measured with a
 * client for each negotiated socket: 20 requests of 30 ms take 650 to 870 ms with undici 6 and 7, as
 * they come one at a time; when told not to, undici 6 ends the process by an assertion under load,
 * and undici 7 fails the accepted streams at a GOAWAY. Only undici 8 does well (40 ms, and all
 * finish), with 0.7 of the requests a second of a bare session. And none of them tells how many
 * streams it could take, which is what a pool must know.
 */
export class Http2Conn implements HttpConn {
  readonly protocol = 'h2'
  readonly socket: Socket
  readonly session: ClientHttp2Session
  readonly settings: Http2Settings
  /** Streams above this one are not processed by the peer. */
  lastStreamId: number = Number.POSITIVE_INFINITY
  readonly #origin: string
  readonly #link: Link
  readonly #pulse: SessionPulse | undefined
  #isOver = false
  #streams = 0

  constructor(socket: Socket, origin: string, link: Link, settings: Http2Settings) {
    this.socket = socket
    this.settings = settings
    this.#origin = origin
    this.#link = link
    const { initialWindowSize, connectionWindowSize, pingInterval } = settings
    this.session = connect(origin, {
      createConnection: () => socket,
      settings: { initialWindowSize, enablePush: false },
    })
    this.session.setLocalWindowSize(connectionWindowSize)
    this.session
      .on('remoteSettings', () => this.#tellCapacity())
      .on('goaway', (_code, lastStreamId) => this.#onGoaway(lastStreamId))
      .on('close', () => this.#onClose())
      // What it has to say is said to its streams; and uncaught it would end the process.
      .on('error', () => {})
    this.#pulse = pingInterval === 0 ? undefined : this.#watch(pingInterval)
  }

  /** Streams that the peer takes at once, as far as it has told. */
  get capacity(): number {
    const { maxConcurrentStreams = noLimit } = this.session.remoteSettings
    const limit = maxConcurrentStreams >= noLimit ? Number.POSITIVE_INFINITY : maxConcurrentStreams
    return Math.min(limit, this.settings.maxStreams)
  }

  /** It takes no more streams. */
  get isBroken(): boolean {
    return this.#isOver || this.session.closed || this.session.destroyed || this.socket.destroyed
  }

  send(exchange: Exchange, lease: Lease<HttpConn>): void {
    if (this.isBroken && exchange.tries < maxTries) {
      // It broke since the pool chose it.
      lease.discard()
      exchange.bindAgain()
      return
    }
    if (++this.#streams === 1) this.session.ref()
    new Http2Attempt(exchange, lease, this, this.#origin).start()
  }

  /** Called once for each exchange that was sent. Idle, it does not keep the process alive. */
  ended(lease: Lease<HttpConn>): void {
    if (--this.#streams === 0) this.session.unref()
    if (this.isBroken) lease.discard()
    else lease.release()
  }

  /** It takes no more streams, as its peer has said, or as their numbers are used up. */
  retire(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#link.drain()
  }

  close(): void {
    this.#end()
  }

  #end(error?: Error): void {
    this.#isOver = true
    this.#pulse?.stop()
    if (!this.session.destroyed) this.session.destroy(error)
    this.#linger()
  }

  #watch(intervalMs: number): SessionPulse {
    return new SessionPulse(this.session, this.socket, {
      intervalMs,
      isBusy: () => this.#streams > 0,
      onSilence: () => {
        const error = undiciError('UND_ERR_SOCKET', 'the peer is silent, and answers no ping')
        this.#link.closed(error)
        this.#end(error)
      },
    })
  }

  /**
   * A session that has ended in order closes its own side only. A peer that does not close the other
   * one, or takes nothing any more, must neither keep the socket nor the process.
   */
  #linger(): void {
    if (this.socket.destroyed) return
    this.socket.unref()
    const linger = setTimeout(() => this.socket.destroy(), lingerMs).unref()
    this.socket.once('close', () => clearTimeout(linger))
  }

  #tellCapacity(): void {
    if (!this.#isOver) this.#link.setCapacity(this.capacity)
  }

  /** Node's session calls itself closed only later. */
  #onGoaway(lastStreamId: number): void {
    this.lastStreamId = Math.min(this.lastStreamId, lastStreamId)
    this.retire()
  }

  #onClose(): void {
    this.#isOver = true
    this.#pulse?.stop()
    this.#link.closed()
    this.#linger()
  }
}
