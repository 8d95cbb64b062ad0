import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2'
import type { Readable } from 'node:stream'
import type { Lease } from '@wantconn/pool-core'
import { watchBody } from '../body-watch.ts'
import type { Exchange, RequestLine } from '../exchange.ts'
import type { HttpConn } from '../http-conn.ts'
import { toRawHeaders } from '../raw-headers.ts'
import { hasReplayableBody, isIdempotent } from '../replay.ts'
import { undiciError } from '../undici-error.ts'
import type { Http2Conn } from './http2-conn.ts'
import { type BodyListener, type RequestBody, requestBody, writeParts } from './request-body.ts'
import { type PublishedRequest, publishRequest } from './request-channels.ts'
import { type RequestHead, requestHead } from './request-head.ts'
import { StreamTimer } from './stream-timer.ts'

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants

/** A peer that refuses all it is sent must not be asked for ever. Go: the same number. */
export const maxTries = 7

/** One exchange on one stream of a session. It has the lease, which ends with the stream. */
export class Http2Attempt implements RequestLine, BodyListener {
  readonly #exchange: Exchange
  readonly #lease: Lease<HttpConn>
  readonly #conn: Http2Conn
  readonly #origin: string
  readonly #timer: StreamTimer
  #stream: ClientHttp2Stream | undefined = undefined
  #published: PublishedRequest | undefined = undefined
  #hasHead = false
  #isSent = false
  /** For a 100, before it sends its body. */
  #isAsking = false
  #isOver = false
  #isLeased = true
  /** END_STREAM has come. */
  #isComplete = false
  #size = 0
  #trailers: IncomingHttpHeaders = {}

  constructor(exchange: Exchange, lease: Lease<HttpConn>, conn: Http2Conn, origin: string) {
    this.#exchange = exchange
    this.#lease = lease
    this.#conn = conn
    this.#origin = origin
    this.#timer = new StreamTimer(
      (error) => this.#giveUp(error),
      () => this.#isOurTurn,
    )
  }

  start(): void {
    const { options } = this.#exchange
    let head: RequestHead
    let body: RequestBody
    try {
      head = requestHead(options, this.#origin)
      body = requestBody(options.body, head, this.#conn.settings.strictContentLength)
    } catch (error) {
      this.#endLease()
      this.#exchange.fail(error)
      return
    }
    this.#exchange.begin(this)
    this.#published = publishRequest(this.#origin, head, options.body)
    // Whoever was told may have aborted it.
    if (!this.#isOver) this.#open(head, body)
  }

  #open(head: RequestHead, body: RequestBody): void {
    const hasBody = body.whole !== undefined || body.parts !== undefined
    const { expectContinue, headersTimeout } = this.#exchange.options
    this.#isAsking = hasBody && expectContinue === true
    if (this.#isAsking) {
      head['expect'] = '100-continue'
      // Nobody reads it before that.
      watchBody(this.#exchange.options.body, this.#exchange)
    }
    let stream: ClientHttp2Stream
    try {
      stream = this.#conn.session.request(head, { endStream: !hasBody })
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#stream = stream
    this.#listen(stream)
    this.#published?.sent(this.#conn.socket)
    this.#timer.awaitHead(headersTimeout ?? this.#conn.settings.headersTimeout)
    if (this.#isAsking) stream.once('continue', () => this.#write(stream, body))
    else this.#write(stream, body)
  }

  #listen(stream: ClientHttp2Stream): void {
    this.#watchEnd(stream)
    stream
      .on('headers', (headers) => this.#onHead(Number(headers[':status']), headers))
      .on('response', (headers) => this.#onResponse(stream, headers))
      .on('trailers', (headers) => {
        this.#trailers = headers
      })
      .on('end', () => this.#onEnd(stream))
      .on('error', (error: NodeJS.ErrnoException) => this.#onError(error))
      .on('close', () => this.#onClose(stream))
  }

  /** Node pushes the end when END_STREAM comes, and also when the peer has closed a stream without it. */
  #watchEnd(stream: ClientHttp2Stream): void {
    const { push } = stream
    stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
      if (chunk === null && !stream.closed) this.#isComplete = true
      return push.call(stream, chunk, encoding)
    }
  }

  #write(stream: ClientHttp2Stream, { whole, parts, length }: RequestBody): void {
    this.#isAsking = false
    if (parts === undefined) this.#tell(() => this.#writeWhole(stream, whole))
    else void writeParts(parts, stream, length, this)
  }

  #writeWhole(stream: ClientHttp2Stream, whole: Uint8Array | undefined): void {
    if (whole !== undefined) {
      this.bodySent(whole)
      // Its handler may have aborted it.
      if (this.#isOver) return
      stream.end(whole)
    }
    this.requestSent()
  }

  /** Where the peer has room and the next part is late, that is not the peer's fault. */
  get #isOurTurn(): boolean {
    return !this.#isSent && !this.#isAsking && this.#stream?.writableNeedDrain === false
  }

  bodySent(chunk: unknown): void {
    if (this.#isOver) return
    if (!this.#hasHead) this.#timer.moved()
    this.#exchange.bodySent(chunk)
  }

  requestSent(): void {
    this.#isSent = true
    if (!this.#hasHead) this.#timer.moved()
    if (this.#isOver) return
    this.#published?.bodySent()
    this.#exchange.requestSent()
  }

  bodyFailed(error: unknown): void {
    this.#giveUp(error)
  }

  abort(reason: unknown): void {
    this.#giveUp(reason ?? undiciError('UND_ERR_ABORTED'))
  }

  resume(): void {
    this.#timer.resume()
    this.#stream?.resume()
  }

  /** Also what is only for information, such as 103. */
  #onHead(status: number, headers: IncomingHttpHeaders): void {
    if (this.#isOver || status === 100) return
    const { ':status': _, ...rest } = headers
    const raw = toRawHeaders(rest)
    this.#published?.answered(status, raw)
    this.#tell(() => this.#exchange.head(status, raw, ''))
  }

  #onResponse(stream: ClientHttp2Stream, headers: IncomingHttpHeaders): void {
    this.#hasHead = true
    if (this.#isOver) return
    this.#tell(() => this.#exchange.started())
    const { bodyTimeout } = this.#exchange.options
    this.#timer.awaitBody(bodyTimeout ?? this.#conn.settings.bodyTimeout)
    this.#onHead(Number(headers[':status']), headers)
    if (this.#isOver) return
    stream.on('data', (chunk: Buffer) => this.#onData(chunk))
    if (this.#exchange.isPaused) this.#pause(stream)
  }

  #onData(chunk: Buffer): void {
    if (this.#isOver) return
    this.#timer.moved()
    this.#size += chunk.byteLength
    const { maxResponseSize } = this.#conn.settings
    if (maxResponseSize >= 0 && this.#size > maxResponseSize) {
      this.#giveUp(undiciError('UND_ERR_RES_EXCEEDED_MAX_SIZE'))
      return
    }
    this.#tell(() => this.#exchange.data(chunk))
    if (this.#exchange.isPaused && this.#stream !== undefined) this.#pause(this.#stream)
  }

  #pause(stream: ClientHttp2Stream): void {
    this.#timer.pause()
    stream.pause()
  }

  /** What a handler throws ends its request. */
  #tell(call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#giveUp(error)
    }
  }

  #onEnd(stream: ClientHttp2Stream): void {
    if (this.#isOver) return
    if (!this.#isComplete || !this.#hasHead) {
      this.#fail(this.#lossOf(stream))
      return
    }
    this.#over()
    // The slot is free as soon as both sides are done; else when the stream has closed.
    if (this.#isSent) this.#endLease()
    else this.#abandon(stream, NGHTTP2_NO_ERROR)
    const raw = toRawHeaders(this.#trailers)
    this.#published?.complete(raw)
    this.#exchange.complete(raw)
  }

  /** Where undici has an error of its own, that is what its users look for. */
  #onError(error: NodeJS.ErrnoException): void {
    const { code, message } = error
    if (code === 'ERR_HTTP2_OUT_OF_STREAMS') this.#conn.retire()
    const isLoss = code === 'ERR_HTTP2_STREAM_ERROR' || code === 'ERR_HTTP2_SESSION_ERROR'
    this.#fail(isLoss ? undiciError('UND_ERR_SOCKET', message, error) : error)
  }

  #onClose(stream: ClientHttp2Stream): void {
    if (!this.#isOver) this.#fail(this.#lossOf(stream))
    this.#endLease()
  }

  #lossOf({ rstCode }: ClientHttp2Stream): Error {
    if (this.#conn.isBroken || rstCode === undefined || rstCode === NGHTTP2_NO_ERROR) {
      const cause = this.#conn.socket.errored ?? undefined
      return undiciError('UND_ERR_SOCKET', 'other side closed', cause)
    }
    return undiciError('UND_ERR_SOCKET', `the stream was reset by its server (code ${rstCode})`)
  }

  /** Ended from this side: the peer need not go on with it. */
  #giveUp(error: unknown): void {
    if (this.#isOver) return
    this.#over()
    this.#published?.failed(error)
    const stream = this.#stream
    if (stream === undefined) this.#endLease()
    else this.#abandon(stream, NGHTTP2_CANCEL)
    this.#exchange.fail(error)
  }

  /** Neither side need go on with it. Go: the same codes. */
  #abandon(stream: ClientHttp2Stream, code: number): void {
    // Node would end the stream in order first, and a part of a body would pass for the whole.
    stream._final = (done) => done()
    stream.close(code)
    // What has come and is not read would keep it from ever closing.
    stream.resume()
    this.#endBody()
  }

  /** A body that is still being read is of no use to anybody. */
  #endBody(): void {
    const body = this.#exchange.options.body as Partial<Readable> | null | undefined
    if (!this.#isSent) body?.destroy?.()
  }

  /** Ended by the peer, or with the session. */
  #fail(error: unknown): void {
    if (this.#isOver) return
    this.#over()
    this.#published?.failed(error)
    const mayGoAgain = !this.#exchange.isDone && this.#mayGoAgain()
    if (!mayGoAgain) this.#endBody()
    if (this.#stream === undefined || this.#conn.isBroken) this.#endLease()
    if (mayGoAgain) this.#exchange.bindAgain()
    else this.#exchange.fail(error)
  }

  #mayGoAgain(): boolean {
    const exchange = this.#exchange
    const { options, tries, wasRefused } = exchange
    if (this.#hasHead || tries >= maxTries || !hasReplayableBody(options)) return false
    // Node gives the same code to streams that a GOAWAY has left out.
    if (this.#isUnprocessed) return true
    if (this.#stream?.rstCode === NGHTTP2_REFUSED_STREAM) {
      exchange.wasRefused = true
      return !wasRefused
    }
    return this.#lease.reused && this.#conn.isBroken && isIdempotent(options)
  }

  /** The peer has certainly not acted on it. */
  get #isUnprocessed(): boolean {
    const id = this.#stream?.id
    return id === undefined || id > this.#conn.lastStreamId
  }

  #over(): void {
    this.#isOver = true
    this.#timer.stop()
  }

  #endLease(): void {
    if (!this.#isLeased) return
    this.#isLeased = false
    this.#conn.ended(this.#lease)
  }
}
