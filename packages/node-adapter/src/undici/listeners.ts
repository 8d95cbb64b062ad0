import type { Duplex } from 'node:stream'
import type { Listener, NewHandler, OldHandler, RequestControl } from './handler.ts'
import { parseHeaders } from './parse-headers.ts'
import type { RawHeaders } from './raw-headers.ts'
import { undiciError } from './undici-error.ts'

/** Told apart as undici does; throws undici's own error for what is no handler at all. */
export function listenerOf(handler: unknown): Listener {
  if (typeof handler !== 'object' || handler === null) {
    throw undiciError('UND_ERR_INVALID_ARG', 'handler must be an object')
  }
  const { onRequestStart } = handler as NewHandler
  return typeof onRequestStart === 'function'
    ? new NewListener(handler as NewHandler)
    : new OldListener(handler as OldHandler)
}

class OldListener implements Listener {
  readonly #handler: OldHandler

  constructor(handler: OldHandler) {
    this.#handler = handler
  }

  get hearsStarted(): boolean {
    return this.#handler.onResponseStarted !== undefined
  }

  get hearsSent(): boolean {
    return this.#handler.onBodySent !== undefined || this.#handler.onRequestSent !== undefined
  }

  start(control: RequestControl): void {
    this.#handler.onConnect?.((reason) => control.abort(reason), undefined)
  }

  started(): void {
    this.#handler.onResponseStarted?.()
  }

  head(control: RequestControl, status: number, raw: RawHeaders, text: string): void {
    const isWilling = this.#handler.onHeaders?.(status, raw, () => control.resume(), text)
    if (isWilling === false) control.pause()
  }

  data(control: RequestControl, chunk: Buffer): void {
    if (this.#handler.onData?.(chunk) === false) control.pause()
  }

  end(_control: RequestControl, rawTrailers: RawHeaders): void {
    this.#handler.onComplete?.(rawTrailers)
  }

  fail(_control: RequestControl | null, error: unknown): void {
    const handler = this.#handler
    if (typeof handler.onError !== 'function') throw error
    handler.onError(error)
  }

  upgrade(_control: RequestControl, status: number, raw: RawHeaders, socket: Duplex): void {
    const handler = this.#handler
    if (handler.onUpgrade === undefined) throw noUpgrade()
    handler.onUpgrade(status, raw, socket)
  }

  bodySent(chunk: unknown): void {
    this.#handler.onBodySent?.(chunk)
  }

  requestSent(): void {
    this.#handler.onRequestSent?.()
  }
}

class NewListener implements Listener {
  readonly #handler: NewHandler

  constructor(handler: NewHandler) {
    this.#handler = handler
  }

  get hearsStarted(): boolean {
    return this.#handler.onResponseStarted !== undefined
  }

  get hearsSent(): boolean {
    return this.#handler.onBodySent !== undefined || this.#handler.onRequestSent !== undefined
  }

  start(control: RequestControl): void {
    this.#handler.onRequestStart?.(control, undefined)
  }

  started(): void {
    this.#handler.onResponseStarted?.()
  }

  head(control: RequestControl, status: number, raw: RawHeaders, text: string): void {
    control.rawHeaders = raw
    this.#handler.onResponseStart?.(control, status, parseHeaders(raw), text)
  }

  data(control: RequestControl, chunk: Buffer): void {
    this.#handler.onResponseData?.(control, chunk)
  }

  end(control: RequestControl, rawTrailers: RawHeaders): void {
    control.rawTrailers = rawTrailers
    this.#handler.onResponseEnd?.(control, parseHeaders(rawTrailers))
  }

  fail(control: RequestControl | null, error: unknown): void {
    const handler = this.#handler
    if (typeof handler.onResponseError !== 'function') throw error
    handler.onResponseError(control, error)
  }

  upgrade(control: RequestControl, status: number, raw: RawHeaders, socket: Duplex): void {
    const handler = this.#handler
    if (handler.onRequestUpgrade === undefined) throw noUpgrade()
    control.rawHeaders = raw
    handler.onRequestUpgrade(control, status, parseHeaders(raw), socket)
  }

  bodySent(chunk: unknown): void {
    this.#handler.onBodySent?.(chunk)
  }

  requestSent(): void {
    this.#handler.onRequestSent?.()
  }
}

function noUpgrade(): Error {
  return undiciError('UND_ERR_INVALID_ARG', 'the handler cannot take an upgraded connection')
}
