import type { ClientHttp2Stream } from 'node:http2'
import { undiciError } from '../undici-error.ts'
import type { RequestHead } from './request-head.ts'

/** A request's body, as something that can be written: all at once, or part by part. */
export interface RequestBody {
  readonly whole: Uint8Array | undefined
  readonly parts: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string> | undefined
}

const none: RequestBody = { whole: undefined, parts: undefined }

/** Throws undici's error for what can be no body. Adds to the head what follows from the body. */
export function requestBody(body: unknown, head: RequestHead): RequestBody {
  const whole = wholeOf(body)
  if (whole !== undefined) {
    if (whole.byteLength === 0) return isPayloadExpected(head) ? empty(head) : none
    head['content-length'] ??= String(whole.byteLength)
    return { whole, parts: undefined }
  }
  if (body === null || body === undefined) return isPayloadExpected(head) ? empty(head) : none
  return { whole: undefined, parts: partsOf(body as object, head) }
}

function wholeOf(body: unknown): Uint8Array | undefined {
  if (typeof body === 'string') return Buffer.from(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  return body instanceof ArrayBuffer ? new Uint8Array(body) : undefined
}

/** As undici does: those say that they have no content. */
function isPayloadExpected(head: RequestHead): boolean {
  return /^(PUT|POST|PATCH)$/.test(String(head[':method']))
}

function empty(head: RequestHead): RequestBody {
  head['content-length'] ??= '0'
  return none
}

function partsOf(body: object, head: RequestHead): NonNullable<RequestBody['parts']> {
  const kind = (body as { [Symbol.toStringTag]?: string })[Symbol.toStringTag]
  if (kind === 'FormData' || kind === 'Blob' || kind === 'File') {
    // What knows how to write these is Node's own fetch.
    const written = new Response(body as Blob)
    const type = written.headers.get('content-type')
    if (type !== null) head['content-type'] ??= type
    if (kind !== 'FormData') head['content-length'] ??= String((body as Blob).size)
    return (written.body ?? []) as AsyncIterable<Uint8Array>
  }
  if (Symbol.asyncIterator in body || Symbol.iterator in body) return body as Iterable<Uint8Array>
  throw undiciError(
    'UND_ERR_INVALID_ARG',
    'body must be a string, a Buffer, a Readable stream, an iterable, or an async iterable',
  )
}

/** Who is told what of a body has been handed to the stream. */
export interface BodyListener {
  bodySent(chunk: unknown): void
  requestSent(): void
  /** The body itself has failed, or is not what was announced. */
  bodyFailed(error: unknown): void
}

/** Writes a body as fast as the peer takes it. */
export async function writeParts(
  parts: NonNullable<RequestBody['parts']>,
  stream: ClientHttp2Stream,
  announced: number | undefined,
  listener: BodyListener,
): Promise<void> {
  let length = 0
  try {
    for await (const part of parts) {
      const chunk = typeof part === 'string' ? Buffer.from(part) : part
      length += chunk.byteLength
      if (announced !== undefined && length > announced) throw mismatch()
      if (stream.destroyed || stream.writableEnded) return
      listener.bodySent(chunk)
      if (!stream.write(chunk)) await drained(stream)
    }
    if (announced !== undefined && length !== announced) throw mismatch()
    if (stream.destroyed) return
    stream.end()
    listener.requestSent()
  } catch (error) {
    listener.bodyFailed(error)
  }
}

function drained(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      stream.off('drain', end).off('close', end)
      resolve()
    }
    stream.once('drain', end).once('close', end)
    if (stream.destroyed) end()
  })
}

function mismatch(): Error {
  return undiciError('UND_ERR_REQ_CONTENT_LENGTH_MISMATCH')
}
