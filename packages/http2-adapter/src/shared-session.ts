import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2'
import type { Socket } from 'node:net'
import type { Link } from '@wantconn/pool-core'
import { Http2Error, type Http2ErrorCode } from './http2-error.ts'
import { Keepalive } from './keepalive.ts'
import { closeWhenRead, failStream, guardStream, isComplete, sessionOf } from './stream-guard.ts'

const { NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants

/** SETTINGS_MAX_CONCURRENT_STREAMS as Node shows it when the peer has set no limit. */
const noLimit = 2 ** 32 - 1

/** Ids are 31 bits wide and used once (RFC 9113, section 5.1.1): after this one there is none left. */
const lastOwnId = 2 ** 31 - 1

/** How long a session that is over may take to say so to its peer before its socket is torn down. */
const lingerMs = 1_000

export interface SessionContext {
  readonly id: number
  readonly key: string
  readonly link: Link
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
  /** The peer has told how many streams it takes, above 0. */
  onCapacity(capacity: number): void
  /** It is usable. */
  onOpen(shared: SharedSession): void
  /** Called once, when no trace of it is left in the adapter's books. */
  onEnded(shared: SharedSession): void
}

/** Why a session ended that nobody had asked to. */
export interface Ending {
  readonly code: Http2ErrorCode
  readonly message: string
  readonly cause: unknown
}

type RequestHeaders = Parameters<ClientHttp2Session['request']>[0]
type RequestOptions = Parameters<ClientHttp2Session['request']>[1]

const sessions = new WeakMap<ClientHttp2Session, SharedSession>()

/**
 * One session of HTTP/2 as a pool shares it: what the pool must know of it, and what Node's session
 * would do otherwise.
 *
 * settling → open → draining → ended, and never back. Node tells of a GOAWAY by an event, before its
 * session calls itself closed; and it destroys at once, with all their bodies, the streams of a
 * session whose connection has ended or whose peer has sent GOAWAY with an error. Here, what the
 * peer still answers is still received, and what has been received can still be read.
 */
export class SharedSession {
  readonly id: number
  readonly key: string
  readonly session: ClientHttp2Session
  /** Those that have not closed; a complete one, too, as long as it has not been read. */
  readonly streams: Set<ClientHttp2Stream> = new Set()
  /** Streams above this one are not processed by the peer. */
  lastStreamId: number = Number.POSITIVE_INFINITY
  /** That of the first GOAWAY. */
  goawayCode: number | undefined = undefined
  /** Streams that were begun on it. */
  requests = 0
  readonly #context: SessionContext
  readonly #socket: Socket
  readonly #keepalive: Keepalive
  readonly #nodeRequest: ClientHttp2Session['request']
  readonly #nodeDestroy: ClientHttp2Session['destroy']
  #state: 'settling' | 'open' | 'draining' | 'ended' = 'settling'
  #capacity = 0
  #isSuspect = false
  #isRequesting = false
  #isNodeGivingUp = false
  #ending: Ending | undefined = undefined
  #linger: NodeJS.Timeout | undefined = undefined

  constructor(session: ClientHttp2Session, socket: Socket, context: SessionContext) {
    this.id = context.id
    this.key = context.key
    this.session = session
    this.#socket = socket
    this.#context = context
    this.#nodeRequest = session.request
    this.#nodeDestroy = session.destroy
    session.request = (headers, options) => this.#request(headers, options)
    session.destroy = (error, code) => this.#destroy(error, code)
    this.#keepalive = new Keepalive(session, socket, {
      intervalMs: context.pingIntervalMs,
      timeoutMs: context.pingTimeoutMs,
      onSilence: () => this.#onSilence(),
    })
    this.#listen()
    sessions.set(session, this)
  }

  static of(session: ClientHttp2Session): SharedSession | undefined {
    return sessions.get(session)
  }

  /** Also for a stream that has closed. */
  static ofStream(stream: ClientHttp2Stream): SharedSession | undefined {
    return sessionOf(stream)
  }

  get state(): 'settling' | 'open' | 'draining' | 'ended' {
    return this.#state
  }

  /** Streams that the peer takes at once; `Infinity`: it has set no limit. */
  get capacity(): number {
    return this.#capacity
  }

  /** It takes no new streams. */
  get isOver(): boolean {
    return this.#state !== 'open' || this.session.closed || this.session.destroyed
  }

  /** Why it ended, if it was not asked to. */
  get ending(): Ending | undefined {
    return this.#ending
  }

  /** The peer's first SETTINGS have come. */
  open(): void {
    if (this.#state !== 'settling') return
    this.#state = 'open'
    this.#context.onOpen(this)
    this.#keepalive.start()
  }

  onIdle(): void {
    this.session.unref()
  }

  onLease(): void {
    this.session.ref()
  }

  /**
   * Something has taken too long. No new streams until the peer has answered a ping; one that does
   * not is given up.
   */
  suspect(): void {
    if (this.#isSuspect || this.#state === 'ended') return
    this.#isSuspect = true
    this.#keepalive.ask(() => {
      this.#isSuspect = false
      this.#tellCapacity()
    })
    this.#tellCapacity()
  }

  /** The pool, or the dial, has no more use for it. What is still open on it fails. */
  close(why: string): void {
    if (this.#state !== 'ended') this.#end()
    else if (this.session.destroyed) return
    this.#failStreams({ code: 'ERR_H2_SESSION_LOST', message: why, cause: undefined })
    this.#tearDown()
  }

  /** The connection has ended; `error` if it was not in order. */
  onSocketEnd(error: Error | undefined): void {
    if (this.#state === 'ended') return
    this.#lose('ERR_H2_SESSION_LOST', 'the connection ended', error)
  }

  /** Whether the peer has certainly not acted on a stream that failed. */
  hasRefused(stream: ClientHttp2Stream): boolean {
    const { id, rstCode } = stream
    if (id === undefined || id > this.lastStreamId) return true
    return rstCode === NGHTTP2_REFUSED_STREAM
  }

  #listen(): void {
    this.session
      .on('remoteSettings', () => this.#onSettings())
      .on('goaway', (code, lastStreamId) => this.#onGoaway(code, lastStreamId))
      // What it has to say was said to its streams; and uncaught it would end the process.
      .on('error', () => {})
      .on('close', () => this.#onClose())
  }

  #onSettings(): void {
    const { maxConcurrentStreams = noLimit } = this.session.remoteSettings
    this.#capacity =
      maxConcurrentStreams >= noLimit ? Number.POSITIVE_INFINITY : maxConcurrentStreams
    if (this.#capacity > 0) this.#context.onCapacity(this.#capacity)
    this.#tellCapacity()
  }

  #tellCapacity(): void {
    if (this.#state === 'ended' || this.#state === 'draining') return
    this.#context.link.setCapacity(this.#isSuspect ? 0 : this.#capacity)
  }

  /** Within the tick in which the frame is seen: Node's session does not know it yet. */
  #onGoaway(code: number, lastStreamId: number): void {
    this.goawayCode ??= code
    this.lastStreamId = Math.min(this.lastStreamId, lastStreamId)
    // What Node does next, and what would end the streams that the peer may still answer.
    this.#isNodeGivingUp = code !== NGHTTP2_NO_ERROR
    this.#drain()
  }

  #drain(): void {
    if (this.#state === 'ended' || this.#state === 'draining') return
    this.#state = 'draining'
    this.#context.link.drain()
  }

  #request(headers: RequestHeaders, options: RequestOptions): ClientHttp2Stream {
    if (this.isOver) throw this.#refusal()
    this.#isRequesting = true
    let stream: ClientHttp2Stream
    try {
      stream = this.#nodeRequest.call(this.session, headers, options)
    } finally {
      this.#isRequesting = false
    }
    this.requests++
    this.streams.add(stream)
    guardStream(stream, this)
    if (stream.id !== undefined && stream.id >= lastOwnId) this.#drain()
    return stream
  }

  #refusal(): Http2Error {
    const details = { sessionId: this.id, processed: false, cause: this.#ending?.cause }
    return this.#state === 'draining'
      ? new Http2Error('ERR_H2_GOAWAY', 'the session takes no more streams', details)
      : new Http2Error('ERR_H2_SESSION_LOST', 'the session has ended', details)
  }

  /** A stream has closed for good. */
  onStreamClose(stream: ClientHttp2Stream): void {
    this.streams.delete(stream)
    // A peer that refuses what it said it had room for: the next stream goes elsewhere if it can.
    if (stream.rstCode === NGHTTP2_REFUSED_STREAM && this.#state === 'open') this.suspect()
    if (this.#state === 'ended' && this.streams.size === 0) this.#tearDown()
  }

  #destroy(error: Error | number | undefined, code: number | undefined): void {
    // Node 20 ends the session for the name of a header; the request alone is at fault.
    if (this.#isRequesting && error instanceof Error) throw error
    if (this.#isNodeGivingUp) {
      this.#isNodeGivingUp = false
      // Ends it when its streams have.
      this.session.close()
      return
    }
    if (this.#state === 'ended') {
      // What is complete is still to be read, and whoever has ended it sees to the rest.
      if (this.streams.size === 0) this.#tearDown()
      return
    }
    if (error instanceof Error) {
      this.#lose('ERR_H2_SESSION_LOST', 'the session failed', error)
      return
    }
    this.#end()
    this.#context.link.closed()
    const message = 'the session was destroyed'
    this.#failStreams({ code: 'ERR_H2_SESSION_LOST', message, cause: undefined })
    this.#tearDown(code)
  }

  #onSilence(): void {
    if (this.#state === 'ended') return
    this.#lose('ERR_H2_UNRESPONSIVE', 'the peer did not answer a ping in time')
    // Nobody will take what is left to be sent.
    this.#socket.destroy()
  }

  /** The pool first: nobody may get this session any more. Then its streams, unless they are complete. */
  #lose(code: Http2ErrorCode, message: string, cause?: Error): void {
    this.#ending = { code, message, cause }
    this.#end()
    this.#context.link.closed(cause)
    for (const stream of this.streams) {
      if (isComplete(stream)) closeWhenRead(stream)
      else failStream(stream, this.#ending)
    }
    if (this.streams.size === 0) this.#tearDown()
  }

  #failStreams(ending: Ending): void {
    for (const stream of this.streams) failStream(stream, ending)
  }

  #end(): void {
    this.#state = 'ended'
    this.#keepalive.stop()
  }

  #tearDown(code: number = NGHTTP2_NO_ERROR): void {
    if (this.session.destroyed) return
    this.#nodeDestroy.call(this.session, undefined, code)
    if (this.#socket.destroyed) return
    // A peer that takes nothing any more must neither keep the socket nor the process.
    this.#socket.unref()
    this.#linger = setTimeout(() => this.#socket.destroy(), lingerMs).unref()
    this.#socket.once('close', () => clearTimeout(this.#linger))
  }

  /** Also when Node has ended it in order, after GOAWAY and the last of its streams. */
  #onClose(): void {
    if (this.#state !== 'ended') {
      this.#end()
      this.#context.link.closed()
    }
    this.#context.onEnded(this)
  }
}
