import type { Duplex } from 'node:stream'
import type { ClientGeneration } from './engine.ts'
import type { RequestLine } from './exchange.ts'
import type { NewHandler, OldHandler, RequestControl } from './handler.ts'
import type { Http1Attempt } from './http1-attempt.ts'
import type { RawHeaders } from './raw-headers.ts'

/** An attempt as the client of its connection takes it: the counterpart of `listenerOf`. */
export function clientHandlerOf(
  generation: ClientGeneration,
  attempt: Http1Attempt,
): OldHandler | NewHandler {
  return generation === 'old' ? new OldClientHandler(attempt) : new NewClientHandler(attempt)
}

const nothing = (): void => {}

class OldClientHandler implements OldHandler, RequestLine {
  abort: (reason?: unknown) => void = nothing
  resume: () => void = nothing
  readonly #attempt: Http1Attempt

  constructor(attempt: Http1Attempt) {
    this.#attempt = attempt
  }

  onConnect(abort: (reason?: unknown) => void): void {
    this.abort = abort
    this.#attempt.begin(this)
  }

  onBodySent(chunk: unknown): void {
    this.#attempt.bodySent(chunk)
  }

  onRequestSent(): void {
    this.#attempt.requestSent()
  }

  onResponseStarted(): void {
    this.#attempt.started()
  }

  onHeaders(status: number, raw: RawHeaders, resume: () => void, text: string): boolean {
    this.resume = resume
    this.#attempt.head(status, raw, text)
    return !this.#attempt.exchange.isPaused
  }

  onData(chunk: Buffer): boolean {
    const { exchange } = this.#attempt
    exchange.data(chunk)
    return !exchange.isPaused
  }

  onComplete(rawTrailers: RawHeaders): void {
    this.#attempt.complete(rawTrailers)
  }

  onError(error: unknown): void {
    this.#attempt.fail(error)
  }

  onUpgrade(status: number, raw: RawHeaders, socket: Duplex): void {
    this.#attempt.upgrade(status, raw, socket)
  }
}

class NewClientHandler implements NewHandler {
  readonly #attempt: Http1Attempt

  constructor(attempt: Http1Attempt) {
    this.#attempt = attempt
  }

  onRequestStart(control: RequestControl): void {
    this.#attempt.begin(control)
  }

  onBodySent(chunk: unknown): void {
    this.#attempt.bodySent(chunk)
  }

  onRequestSent(): void {
    this.#attempt.requestSent()
  }

  onResponseStarted(): void {
    this.#attempt.started()
  }

  onResponseStart(control: RequestControl, status: number, _headers: object, text: string): void {
    this.#attempt.head(status, control.rawHeaders ?? [], text)
    if (this.#attempt.exchange.isPaused) control.pause()
  }

  onResponseData(control: RequestControl, chunk: Buffer): void {
    const { exchange } = this.#attempt
    exchange.data(chunk)
    if (exchange.isPaused) control.pause()
  }

  onResponseEnd(control: RequestControl): void {
    this.#attempt.complete(control.rawTrailers ?? [])
  }

  onResponseError(_control: RequestControl | null, error: unknown): void {
    this.#attempt.fail(error)
  }

  onRequestUpgrade(
    control: RequestControl,
    status: number,
    _headers: object,
    socket: Duplex,
  ): void {
    this.#attempt.upgrade(status, control.rawHeaders ?? [], socket)
  }
}
