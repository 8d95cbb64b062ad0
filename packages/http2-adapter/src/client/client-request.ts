import {
  type ClientHttp2Stream,
  type ClientSessionRequestOptions,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { PoolError } from '@wantconn/pool-core'
import type { Http2Target } from '../http2-adapter.ts'
import { Http2Error, type Http2ErrorDetails } from '../http2-error.ts'
import { SharedSession } from '../shared-session.ts'
import { followStream, type StreamFollower } from '../stream-guard.ts'
import type { FrontLine, Place, SessionLease } from './front-line.ts'
import type { RequestBody } from './request-body.ts'
import { type Abortable, unwatchSignal, watchSignal } from './signal-watch.ts'

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = constants

/** What {@link Http2Client.request} resolves with. */
export interface Http2Response {
  readonly status: number
  readonly headers: IncomingHttpHeaders & IncomingHttpStatusHeader
  /** To read the body and the trailers from. The request's lease ends when it closes: read or destroy it. */
  readonly stream: ClientHttp2Stream
}

/** How often a request is sent again that the peer has certainly not acted on. */
const maxRetries = 7
/** The same after REFUSED_STREAM: a peer that means it would be asked for ever. */
const maxRefusals = 1

/** Where requests get their sessions. */
export interface SessionSource {
  readonly line: FrontLine
  readonly tryAcquire: (target: Http2Target) => SessionLease | undefined
  readonly onRetry: () => void
}

export interface RequestPlan {
  readonly source: SessionSource
  readonly target: Http2Target
  readonly head: OutgoingHttpHeaders
  readonly body: RequestBody
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number
}

/**
 * One request: from the wish for a session until its response's stream has closed.
 *
 * Before the response's headers it may be sent again, each time on another lease, if its peer has
 * certainly not acted on it (RFC 9113, sections 6.8 and 8.7).
 */
export class ClientRequest implements Abortable, StreamFollower {
  readonly #plan: RequestPlan
  readonly #resolve: (response: Http2Response) => void
  readonly #reject: (error: unknown) => void
  #state: 'waiting' | 'sent' | 'answered' | 'over' = 'waiting'
  #place: Place | undefined
  #stream: ClientHttp2Stream | undefined
  #lease: SessionLease | undefined
  #timer: NodeJS.Timeout | undefined
  #retries = 0
  #refusals = 0
  /** Why it is to be sent again. */
  #refusal: unknown

  constructor(
    plan: RequestPlan,
    resolve: (response: Http2Response) => void,
    reject: (error: unknown) => void,
  ) {
    this.#plan = plan
    this.#resolve = resolve
    this.#reject = reject
  }

  start(): void {
    const { signal, timeoutMs, target, source, body } = this.#plan
    if (!body.isEmpty) body.onFailure((error) => this.#onBodyFailure(error))
    if (signal?.aborted) {
      this.#fail(signal.reason)
      return
    }
    const lease = source.tryAcquire(target)
    if (timeoutMs <= longestMs) this.#timer = setTimeout(() => this.#onTimeout(), timeoutMs)
    if (signal !== undefined) watchSignal(signal, this)
    if (lease !== undefined) this.#send(lease)
    else this.#wait(false)
  }

  /** Through a promise, so that it goes on in the context of its caller. */
  #wait(isAgain: boolean): void {
    this.#state = 'waiting'
    const { source, target } = this.#plan
    new Promise<SessionLease>((resolve, reject) => {
      this.#place = source.line.enter(target, isAgain, (error, lease) => {
        if (lease === undefined) reject(error)
        else resolve(lease)
      })
    }).then(
      (lease) => this.#onLease(lease),
      (error) => this.#fail(isPoolClosed(error) ? (this.#refusal ?? error) : error),
    )
  }

  #onLease(lease: SessionLease): void {
    this.#place = undefined
    // It may have been aborted since the lease was given.
    if (this.#state === 'waiting') this.#send(lease)
    else lease.release()
  }

  #send(lease: SessionLease): void {
    const { head, body } = this.#plan
    let stream: ClientHttp2Stream
    try {
      stream = lease.conn.request(head, streamOptions(head, body))
    } catch (error) {
      lease.release()
      this.#onRefused(error, error instanceof Http2Error && error.processed === false)
      return
    }
    this.#state = 'sent'
    this.#stream = stream
    this.#lease = lease
    followStream(stream, this)
    if (!body.isEmpty) this.#sendBody(stream)
  }

  #sendBody(stream: ClientHttp2Stream): void {
    const onFailure = (cause: unknown): void => {
      const sessionId = SharedSession.ofStream(stream)?.id
      stream.destroy(bodyError(cause, { sessionId, streamId: stream.id }))
    }
    try {
      this.#plan.body.sendOn(stream, onFailure)
    } catch (error) {
      onFailure(error)
    }
  }

  onResponse(headers: IncomingHttpHeaders & IncomingHttpStatusHeader): void {
    const stream = this.#stream
    if (this.#state !== 'sent' || stream === undefined) return
    this.#state = 'answered'
    clearTimeout(this.#timer)
    this.#resolve({ status: headers[':status'] as number, headers, stream })
  }

  /** The answer has been read to its end. What is still to be sent is of no use to anybody. */
  onEnd(): void {
    const stream = this.#stream
    if (stream !== undefined && !stream.writableFinished) stream.destroy()
  }

  onClose(): void {
    const stream = this.#stream as ClientHttp2Stream
    const lease = this.#lease as SessionLease
    this.#lease = undefined
    lease.release()
    if (this.#state !== 'sent') {
      this.#end()
      return
    }
    const shared = SharedSession.of(lease.conn)
    const isUnprocessed =
      shared !== undefined && !isFirstOfUnwelcome(stream, shared) && shared.hasRefused(stream)
    this.#onRefused(stream.errored ?? this.#noAnswer(stream, shared), isUnprocessed)
  }

  /** It failed before it was answered. */
  #onRefused(error: unknown, isUnprocessed: boolean): void {
    const isRefusal = error instanceof Http2Error && error.code === 'ERR_H2_STREAM_RESET'
    const isLeft = isRefusal ? this.#refusals < maxRefusals : this.#retries < maxRetries
    if (!isUnprocessed || !isLeft || !this.#plan.body.canBeSent) {
      this.#fail(this.#told(error))
      return
    }
    if (isRefusal) this.#refusals++
    else this.#retries++
    this.#refusal = this.#told(error)
    this.#stream = undefined
    this.#plan.source.onRetry()
    this.#wait(true)
  }

  /** What is not ours came from a connection that failed while something was written. */
  #told(error: unknown): unknown {
    const stream = this.#stream
    if (stream === undefined || error instanceof Http2Error) return error
    const sessionId = SharedSession.ofStream(stream)?.id
    const message = 'the connection failed under the stream'
    const details = { sessionId, streamId: stream.id, cause: error }
    return new Http2Error('ERR_H2_SESSION_LOST', message, details)
  }

  /** One that is being sent fails with its stream. */
  #onBodyFailure(error: Error): void {
    if (this.#state === 'waiting') this.#fail(bodyError(error, { processed: false }))
  }

  #noAnswer(stream: ClientHttp2Stream, shared: SharedSession | undefined): Http2Error {
    return new Http2Error('ERR_H2_STREAM_RESET', 'the stream closed without an answer', {
      sessionId: shared?.id,
      streamId: stream.id,
      rstCode: stream.rstCode,
    })
  }

  /** Its signal is aborted. */
  abort(reason: unknown): void {
    // A deadline that the caller keeps is as good a reason for suspicion as one of ours.
    if ((reason as Error | undefined)?.name === 'TimeoutError') this.#suspect()
    const stream = this.#stream
    if (this.#state === 'answered') {
      stream?.close(NGHTTP2_CANCEL)
      // Without an error, what has come would pass for the whole.
      stream?.destroy(
        (reason || new DOMException('the request was aborted', 'AbortError')) as Error,
      )
      return
    }
    this.#fail(reason)
  }

  #onTimeout(): void {
    const stream = this.#stream
    this.#suspect()
    const what = this.#state === 'waiting' ? 'there was no session' : 'there was no answer'
    const processed = this.#state === 'waiting' ? false : undefined
    const sessionId = stream && SharedSession.ofStream(stream)?.id
    const message = `${what} within ${this.#plan.timeoutMs} ms`
    this.#fail(
      new Http2Error('ERR_H2_TIMEOUT', message, { sessionId, streamId: stream?.id, processed }),
    )
  }

  #suspect(): void {
    const stream = this.#stream
    if (this.#state !== 'waiting' && stream !== undefined) SharedSession.ofStream(stream)?.suspect()
  }

  #fail(error: unknown): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#place?.leave()
    this.#place = undefined
    this.#stream?.close(NGHTTP2_CANCEL)
    this.#stream?.destroy()
    this.#end()
    this.#reject(error)
  }

  #end(): void {
    this.#state = 'over'
    clearTimeout(this.#timer)
    const { signal, body } = this.#plan
    if (signal !== undefined) unwatchSignal(signal, this)
    body.abandon()
  }
}

function isPoolClosed(error: unknown): boolean {
  return error instanceof PoolError && error.code === 'ERR_POOL_CLOSED'
}

function bodyError(cause: unknown, details: Http2ErrorDetails): Http2Error {
  return new Http2Error('ERR_H2_REQUEST_BODY', "the request's body failed", { ...details, cause })
}

/** What to tell Node of a stream, where that is not what it takes for granted: plain objects cost it time. */
function streamOptions(
  head: OutgoingHttpHeaders,
  { isEmpty }: RequestBody,
): ClientSessionRequestOptions | undefined {
  const endsAlready = bodiless.has(head[':method'] as string)
  return endsAlready === isEmpty ? undefined : { endStream: isEmpty }
}

/** With these methods, Node's streams end with their headers unless told otherwise. */
const bodiless = new Set(['GET', 'HEAD', 'DELETE'])

/** The longest time that a timer can be set for. */
const longestMs = 2 ** 31 - 1

/** A peer that refuses a session with its first stream would refuse the next one, too (Go's rule). */
function isFirstOfUnwelcome({ id }: ClientHttp2Stream, { goawayCode }: SharedSession): boolean {
  return id === 1 && goawayCode !== undefined && goawayCode !== NGHTTP2_NO_ERROR
}
