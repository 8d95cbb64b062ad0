import { errorMonitor } from 'node:events'
import {
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2'
import { Http2Error, type Http2ErrorDetails } from './http2-error.ts'
import { showCode } from './reset-codes.ts'
import type { Ending, SharedSession } from './shared-session.ts'

const guard: unique symbol = Symbol('guard')

/** The peer has answered in full, and takes no more of the request's body. */
export const bodyNotWanted: unique symbol = Symbol('bodyNotWanted')

/** The methods of Node's streams, under what is put before them here. */
let nodeStream: ClientHttp2Stream

const { NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants

type ResponseHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader

type GuardedStream = ClientHttp2Stream & { [guard]?: StreamGuard }

/** Whom a stream is for, before anybody reads it. */
export interface StreamFollower {
  onResponse(headers: ResponseHeaders): void
  /** All of the answer has been read. */
  onEnd(): void
  /** It has closed, after which nothing comes. */
  onClose(): void
}

/**
 * Watches one stream for what Node lets pass: a body that is cut off by RST_STREAM(CANCEL) or
 * RST_STREAM(NO_ERROR), or with its connection, would end without an error, and sometimes with
 * `'end'` as if it were complete.
 */
class StreamGuard {
  readonly shared: SharedSession
  /** END_STREAM has come. */
  isComplete = false
  /** The peer has begun to answer. */
  isAnswered = false
  /** Closed on this side, and so not cut off by the other. */
  isClosedHere = false
  /** Node is closing it, and is not to be told to destroy it before it has: see {@link closeHere}. */
  isClosing = false
  destroyWhenClosed: (() => void) | undefined = undefined
  /** It ends with an error, which may not have been told yet. */
  isFailing = false
  /** Told of its answer and of its end, if somebody is. */
  follower: StreamFollower | undefined = undefined
  /** Who reads it does not have it yet: see {@link followStream}. */
  isHeld = false
  isEndPushed = false
  trailers: unknown[] | undefined = undefined

  constructor(shared: SharedSession) {
    this.shared = shared
  }
}

export function guardStream(stream: GuardedStream, shared: SharedSession): void {
  nodeStream ??= Object.getPrototypeOf(stream) as ClientHttp2Stream
  stream[guard] = new StreamGuard(shared)
  stream.emit = emitGuarded
  stream.push = pushGuarded
  stream.close = closeGuarded
  stream._destroy = destroyGuarded
}

/**
 * Has a stream's answer and end told to one follower, and sees to it that whoever awaits the answer
 * misses nothing of what comes behind it.
 *
 * Node tells all that one read has brought before anybody's `await` goes on: a response without a
 * body would be over, and its trailers told to nobody. The end, the trailers and the close are told
 * one turn of the event loop later here, if they come so early.
 */
export function followStream(stream: GuardedStream, follower: StreamFollower): void {
  const its = stream[guard]
  if (its === undefined) return
  its.follower = follower
  its.isHeld = true
}

const handedOver: StreamGuard[] = []

/** Node goes on reading only after all that awaits has gone on: from then on, nothing is missed. */
function handOver(its: StreamGuard): void {
  if (handedOver.push(its) === 1) queueMicrotask(endHolding)
}

function endHolding(): void {
  for (const its of handedOver) its.isHeld = false
  handedOver.length = 0
}

/** END_STREAM has come, so that what is left to be read is all that there is. */
export function isComplete(stream: GuardedStream): boolean {
  return stream[guard]?.isComplete === true
}

/** Of a complete stream whose connection has ended: what it still has to send will never leave. */
export function closeWhenRead(stream: GuardedStream): void {
  if (stream.readableEnded) stream.destroy()
  else stream.once('end', () => stream.destroy())
}

/** The session of a stream, with which it may have closed already. */
export function sessionOf(stream: GuardedStream): SharedSession | undefined {
  return stream[guard]?.shared
}

/** Hears what a stream tells, before its listeners do: a listener costs Node far more than the call. */
function emitGuarded(this: GuardedStream, event: string | symbol, ...told: unknown[]): boolean {
  const its = this[guard] as StreamGuard
  if (event === 'response') onResponse(its, told[0] as ResponseHeaders)
  else if (event === 'close') onClose(this, its)
  else if (event === 'end') its.follower?.onEnd()
  else if (event === 'aborted' && its.isComplete) {
    // To whoever reads the answer this would be its premature end, and it is all there.
    return nodeStream.emit.call(this, bodyNotWanted)
  } else if (event === 'trailers' && isHeldBack(this, its, told[0], told[1], told[2])) return false
  else if (event === 'error' && this.listenerCount('error') === 0) {
    // Whoever reads it sees its error there; and nobody may be listening yet, or any more.
    return this.emit(errorMonitor, told[0])
  }
  return nodeStream.emit.call(this, event, ...told)
}

function onResponse(its: StreamGuard, headers: ResponseHeaders): void {
  its.isAnswered = true
  if (its.follower === undefined) return
  handOver(its)
  its.follower.onResponse(headers)
}

function onClose(stream: GuardedStream, its: StreamGuard): void {
  const { shared, follower } = its
  // Whoever keeps the stream keeps nothing of its request.
  its.follower = undefined
  shared.onStreamClose(stream)
  follower?.onClose()
}

/** Node pushes the end when END_STREAM comes, and also when the peer has closed a stream without it. */
function pushGuarded(this: GuardedStream, chunk: unknown, encoding?: BufferEncoding): boolean {
  const its = this[guard] as StreamGuard
  // A stream that is being destroyed might tell its end before its error.
  if (its.isFailing) return false
  if (chunk === null && !this.destroyed && !its.isComplete) {
    if (!this.closed) {
      its.isComplete = true
    } else if (!its.isClosedHere) {
      // Node is not done with it in this tick.
      process.nextTick(() => this.destroy(resetError(this, its)))
      return false
    }
  }
  if (chunk === null && asksClosed && this.closed && this.readableLength > 0 && !this.destroyed) {
    Object.defineProperty(this, 'closed', closedButUnread)
  }
  if (chunk === null && its.isHeld && this.readableLength === 0 && !this.destroyed) {
    if (!its.isEndPushed) setImmediate(pushEnd, this)
    its.isEndPushed = true
    return false
  }
  return nodeStream.push.call(this, chunk, encoding)
}

/**
 * Node's `closed` of a stream that both sides have ended is true before anybody has read its body.
 * From Node 24 on, `for await`, `pipeline` and `finished` take that for its premature end if they
 * come upon it later. They ask for `true`; everything else takes it for true.
 */
const asksClosed = Number.parseInt(process.versions.node, 10) >= 24
const closedButUnread: PropertyDescriptor & ThisType<GuardedStream> = {
  configurable: true,
  get() {
    return this.destroyed || this.readableEnded ? true : 1
  },
}

function pushEnd(stream: GuardedStream): void {
  if (stream.destroyed) return
  tellTrailers(stream)
  nodeStream.push.call(stream, null)
  // As Node does it when the stream has closed, so that it ends even if nobody reads.
  if (stream.closed || !stream.writableFinished) stream.read(0)
}

// Each by itself: an array of all that is told is then made by no event.
function isHeldBack(
  stream: GuardedStream,
  its: StreamGuard,
  trailers: unknown,
  flags: unknown,
  raw: unknown,
): boolean {
  if (its.follower === undefined || stream.listenerCount('trailers') > 0) return false
  its.trailers = [trailers, flags, raw]
  setImmediate(tellTrailers, stream)
  return true
}

function tellTrailers(stream: GuardedStream): void {
  const its = stream[guard] as StreamGuard
  const told = its.trailers
  its.trailers = undefined
  if (told !== undefined) nodeStream.emit.call(stream, 'trailers', ...told)
}

function closeGuarded(this: GuardedStream, code?: number, callback?: () => void): void {
  const its = this[guard] as StreamGuard
  if (!this.closed) closeHere(this, its, code, callback)
  // What nobody has begun to read would keep it from ever closing, and its lease from ending.
  if (its.follower !== undefined && this.readableFlowing === null) this.resume()
}

/**
 * Node tells 'aborted' before it resets the stream. Whoever destroys it in that moment, as `pipeline`
 * does with a body that is still being sent, takes the handle that the reset needs: the stream is never
 * reset, and Node sends empty DATA frames of it without end.
 */
function closeHere(
  stream: GuardedStream,
  its: StreamGuard,
  code: number | undefined,
  callback: (() => void) | undefined,
): void {
  its.isClosedHere = true
  its.isClosing = true
  // Node ends the stream in order before it resets it, and a part of a body would pass for the whole.
  if (code !== undefined && code !== NGHTTP2_NO_ERROR) stream._final = (done) => done()
  try {
    nodeStream.close.call(stream, code, callback)
  } finally {
    its.isClosing = false
    its.destroyWhenClosed?.()
    its.destroyWhenClosed = undefined
  }
}

function destroyGuarded(
  this: GuardedStream,
  error: Error | null,
  callback: (error?: Error | null) => void,
): void {
  const its = this[guard] as StreamGuard
  if (its.isClosing) {
    its.destroyWhenClosed = () => this._destroy(error, callback)
    return
  }
  const told = toldError(this, its, error)
  its.isFailing = told !== null
  const tell = its.isHeld ? (error?: Error | null) => setImmediate(callback, error) : callback
  nodeStream._destroy.call(this, told, tell)
}

/** Ends a stream with its session, in words of its own. */
export function failStream(stream: GuardedStream, { code, message, cause }: Ending): void {
  const its = stream[guard]
  if (its === undefined) return
  stream.destroy(new Http2Error(code, message, { ...whereabouts(stream, its), cause }))
}

/** The error with which a stream ends; none if it is complete, or was ended on this side. */
function toldError(stream: GuardedStream, its: StreamGuard, error: Error | null): Error | null {
  const isReset = error === null && stream.closed && !its.isComplete && !its.isClosedHere
  return isReset ? resetError(stream, its) : error
}

function resetError(stream: GuardedStream, its: StreamGuard): Http2Error {
  const { rstCode } = stream
  const details = { ...whereabouts(stream, its), rstCode }
  if (details.processed === false && rstCode === NGHTTP2_REFUSED_STREAM && isAbove(stream, its)) {
    const message = `the peer has sent GOAWAY before the stream: ${showCode(its.shared.goawayCode)}`
    return new Http2Error('ERR_H2_GOAWAY', message, details)
  }
  const message = `the stream was reset before it was complete: ${showCode(rstCode)}`
  return new Http2Error('ERR_H2_STREAM_RESET', message, details)
}

function whereabouts(stream: GuardedStream, its: StreamGuard): Http2ErrorDetails {
  return {
    sessionId: its.shared.id,
    streamId: stream.id,
    processed: its.isAnswered ? true : its.shared.hasRefused(stream) ? false : undefined,
  }
}

function isAbove(stream: GuardedStream, { shared }: StreamGuard): boolean {
  return stream.id !== undefined && stream.id > shared.lastStreamId
}
