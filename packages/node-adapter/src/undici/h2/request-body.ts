import type { ClientHttp2Stream } from 'node:http2'
import { undiciError } from '../undici-error.ts'
import type { RequestHead } from './request-head.ts'

/** A request's body, as something that can be written: all at once, or part by part. */
export interface RequestBody {
  readonly whole: Uint8Array | undefined
  readonly parts: Parts | undefined
  /** How long its parts are together, if that is known; checked as they are written. */
  readonly length: number | undefined
}

type Parts = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>

/**
 * Throws undici's error for what can be no body, or is not as long as its head says. Adds to the head
 * what follows from the body: a length that is not true would end the session, for all of its streams.
 */
export function requestBody(body: unknown, head: RequestHead, isStrict: boolean): RequestBody {
  if (body === null || body === undefined) return noBody(head)
  const whole = wholeOf(body)
  if (whole === undefined) return partsOf(body, head, isStrict)
  if (whole.byteLength === 0) return noBody(head)
  setLength(head, whole.byteLength, isStrict)
  return { whole, parts: undefined, length: undefined }
}

function wholeOf(body: unknown): Uint8Array | undefined {
  if (typeof body === 'string') return Buffer.from(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  return body instanceof ArrayBuffer ? new Uint8Array(body) : undefined
}

/** As undici does: where content is expected they say that they have none. */
function noBody(head: RequestHead): RequestBody {
  const isExpected = /^(PUT|POST|PATCH)$/.test(String(head[':method']))
  if (isExpected) head['content-length'] = '0'
  else delete head['content-length']
  return { whole: undefined, parts: undefined, length: undefined }
}

function setLength(head: RequestHead, length: number, isStrict: boolean): void {
  const said = head['content-length']
  if (isStrict && said !== undefined && Number(said) !== length) throw mismatch()
  head['content-length'] = String(length)
}

function partsOf(body: unknown, head: RequestHead, isStrict: boolean): RequestBody {
  const kind = Object(body)[Symbol.toStringTag]
  if (kind === 'FormData') return partsOfForm(body as FormData, head, isStrict)
  if (kind === 'Blob' || kind === 'File') {
    const { type, size } = body as Blob
    if (type !== '') head['content-type'] ??= type
    setLength(head, size, isStrict)
    return inParts((body as Blob).stream() as Parts, head, isStrict)
  }
  const isIterable = typeof body === 'object' && body !== null
  if (isIterable && (Symbol.asyncIterator in body || Symbol.iterator in body)) {
    return inParts(body as Parts, head, isStrict)
  }
  throw undiciError(
    'UND_ERR_INVALID_ARG',
    'body must be a string, a Buffer, a Readable stream, an iterable, or an async iterable',
  )
}

function inParts(parts: Parts, head: RequestHead, isStrict: boolean): RequestBody {
  if (!isStrict) delete head['content-length']
  const said = head['content-length']
  return { whole: undefined, parts, length: said === undefined ? undefined : Number(said) }
}

/** What knows how to write a form is Node's own fetch. */
function partsOfForm(form: FormData, head: RequestHead, isStrict: boolean): RequestBody {
  const written = new Response(form instanceof FormData ? form : copyOf(form))
  head['content-type'] ??= written.headers.get('content-type') as string
  return inParts((written.body ?? []) as Parts, head, isStrict)
}

/** For one of undici's class, which Node's own does not know: it would write '[object FormData]'. */
function copyOf(form: FormData): FormData {
  const copy = new FormData()
  for (const [name, value] of form) {
    if (typeof value === 'string') copy.append(name, value)
    else copy.append(name, value, value.name)
  }
  return copy
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
  parts: Parts,
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
