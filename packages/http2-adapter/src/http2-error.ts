/** What an {@link Http2Error} is about. */
export type Http2ErrorCode =
  /** A dial: the server did not choose HTTP/2 in its TLS handshake. */
  | 'ERR_H2_NOT_NEGOTIATED'
  /** A dial: the connection ended, or `settingsTimeoutMs` did, before the peer's first SETTINGS. */
  | 'ERR_H2_NO_SETTINGS'
  /** The connection ended while the stream was open, or the pool ended its session. */
  | 'ERR_H2_SESSION_LOST'
  /** The peer did not answer a ping in time. */
  | 'ERR_H2_UNRESPONSIVE'
  /** The peer has sent GOAWAY and does not process this stream. */
  | 'ERR_H2_GOAWAY'
  /** The stream was reset before it was complete, by the peer or for what the peer sent; `rstCode` says why. */
  | 'ERR_H2_STREAM_RESET'
  /** The response's headers did not come within `timeoutMs`. */
  | 'ERR_H2_TIMEOUT'
  /** What was to be sent as the request's body failed. */
  | 'ERR_H2_REQUEST_BODY'

export interface Http2ErrorDetails {
  readonly sessionId?: number | undefined
  readonly streamId?: number | undefined
  readonly processed?: boolean | undefined
  readonly rstCode?: number | undefined
  readonly cause?: unknown
}

/** An error of a session or of one of its streams; {@link Http2Error.code} says which. */
export class Http2Error extends Error {
  readonly code: Http2ErrorCode
  /** The number of its session: each adapter counts its own from 1. */
  readonly sessionId: number | undefined
  /** Undefined: the stream never got one, or the error is not about one. */
  readonly streamId: number | undefined
  /**
   * `true`: the peer has begun to answer; `false`: it has certainly not acted on the request, which
   * may be sent again (RFC 9113, section 8.7); `undefined`: nobody can tell.
   */
  readonly processed: boolean | undefined
  /** The code of the RST_STREAM that ended it. */
  readonly rstCode: number | undefined

  constructor(code: Http2ErrorCode, message: string, details: Http2ErrorDetails = {}) {
    super(
      message + where(details),
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.name = 'Http2Error'
    this.code = code
    this.sessionId = details.sessionId
    this.streamId = details.streamId
    this.processed = details.processed
    this.rstCode = details.rstCode
  }
}

function where({ sessionId, streamId, processed }: Http2ErrorDetails): string {
  const parts: string[] = []
  if (sessionId !== undefined) parts.push(`session ${sessionId}`)
  if (streamId !== undefined) parts.push(`stream ${streamId}`)
  if (processed !== undefined) parts.push(processed ? 'processed' : 'not processed')
  return parts.length > 0 ? ` (${parts.join(', ')})` : ''
}
