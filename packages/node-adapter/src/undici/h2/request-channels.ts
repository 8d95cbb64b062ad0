import { channel } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { DispatchOptions } from '../dispatch-options.ts'
import type { RawHeaders } from '../raw-headers.ts'
import { undiciError } from '../undici-error.ts'
import { addHeader, type RequestHead, requestHead } from './request-head.ts'

// Held here for good: Node forgets a channel that nobody refers to.
const create = channel('undici:request:create')
const sendHeaders = channel('undici:client:sendHeaders')
const bodySent = channel('undici:request:bodySent')
const headers = channel('undici:request:headers')
const trailers = channel('undici:request:trailers')
const failed = channel('undici:request:error')

/**
 * What subscribers to undici's channels expect of a request. With HTTP/1.1 it is undici's own; here
 * it is made when somebody listens.
 */
export class PublishedRequest {
  readonly origin: string
  readonly path: string
  readonly method: string
  readonly body: unknown
  completed = false
  aborted = false
  readonly #head: RequestHead
  #isSent = false

  constructor(origin: string, head: RequestHead, body: unknown) {
    this.origin = origin
    this.path = String(head[':path'])
    this.method = String(head[':method'])
    this.body = body ?? null
    this.#head = head
  }

  /** Names and values in turn. */
  get headers(): (string | string[])[] {
    return Object.entries(this.#head)
      .filter(([name]) => !name.startsWith(':'))
      .flatMap(([name, value]) => [name, value as string | string[]])
  }

  /** For those who trace: only when it is published as created. */
  addHeader(name: string, value: unknown): this {
    if (this.#isSent) throw undiciError('UND_ERR_INVALID_ARG', 'the request has been sent')
    addHeader(this.#head, name, value)
    return this
  }

  sent(socket: Socket): void {
    this.#isSent = true
    if (!sendHeaders.hasSubscribers) return
    const { method, path } = this
    const lines = Object.entries(this.#head).map(([name, value]) => `${name}: ${value}\r\n`)
    const head = `${method} ${path} HTTP/2\r\n${lines.join('')}`
    sendHeaders.publish({ request: this, headers: head, socket })
  }

  bodySent(): void {
    bodySent.publish({ request: this })
  }

  answered(statusCode: number, raw: RawHeaders): void {
    headers.publish({ request: this, response: { statusCode, headers: raw, statusText: '' } })
  }

  complete(raw: RawHeaders): void {
    this.completed = true
    trailers.publish({ request: this, trailers: raw })
  }

  failed(error: unknown): void {
    this.aborted = true
    failed.publish({ request: this, error })
  }
}

/**
 * One that has got no connection: no client has told of it. Nothing of one that makes no sense, as
 * with undici.
 */
export function publishUnsent(options: DispatchOptions, origin: string, error: unknown): void {
  if (!create.hasSubscribers && !failed.hasSubscribers) return
  let head: RequestHead
  try {
    head = requestHead(options, origin)
  } catch {
    return
  }
  const request = new PublishedRequest(origin, head, options.body)
  create.publish({ request })
  request.failed(error)
}

/** Undefined if nobody listens to any of undici's channels. */
export function publishRequest(
  origin: string,
  head: RequestHead,
  body: unknown,
): PublishedRequest | undefined {
  const isHeard = [create, sendHeaders, bodySent, headers, trailers, failed].some(
    ({ hasSubscribers }) => hasSubscribers,
  )
  if (!isHeard) return undefined
  const request = new PublishedRequest(origin, head, body)
  create.publish({ request })
  return request
}
