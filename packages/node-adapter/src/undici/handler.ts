import type { Duplex } from 'node:stream'
import type { RawHeaders } from './raw-headers.ts'

/** What a handler holds its request by. */
export interface RequestControl {
  readonly aborted: boolean
  readonly paused: boolean
  readonly reason: unknown
  rawHeaders: RawHeaders | null
  rawTrailers: RawHeaders | null
  abort(reason?: unknown): void
  pause(): void
  resume(): void
}

/** A handler of undici up to 6, and of the `fetch` of Node 20 to 24. */
export interface OldHandler {
  onConnect?(abort: (reason?: unknown) => void, context?: unknown): void
  onResponseStarted?(): void
  onHeaders?(status: number, raw: RawHeaders, resume: () => void, text: string): unknown
  onData?(chunk: Buffer): unknown
  onComplete?(rawTrailers: RawHeaders): void
  onError?(error: unknown): void
  onUpgrade?(status: number, raw: RawHeaders, socket: Duplex): void
  onBodySent?(chunk: unknown): void
  onRequestSent?(): void
}

/** A handler of undici from 7 on, and of the `fetch` of Node 26. */
export interface NewHandler {
  onRequestStart?(control: RequestControl, context: unknown): void
  onResponseStarted?(): void
  onResponseStart?(control: RequestControl, status: number, headers: object, text: string): void
  onResponseData?(control: RequestControl, chunk: Buffer): void
  onResponseEnd?(control: RequestControl, trailers: object): void
  onResponseError?(control: RequestControl | null, error: unknown): void
  onRequestUpgrade?(control: RequestControl, status: number, headers: object, socket: Duplex): void
  onBodySent?(chunk: unknown): void
  onRequestSent?(): void
}

/** Either of them, told in one way. What a callback throws comes out of here. */
export interface Listener {
  /** Whether `started()` has anything to tell: many do not care. */
  readonly hearsStarted: boolean
  /** The same for `bodySent()` and `requestSent()`. */
  readonly hearsSent: boolean
  start(control: RequestControl): void
  started(): void
  head(control: RequestControl, status: number, raw: RawHeaders, text: string): void
  data(control: RequestControl, chunk: Buffer): void
  end(control: RequestControl, rawTrailers: RawHeaders): void
  /** Without a controller for one that was refused before it had any. */
  fail(control: RequestControl | null, error: unknown): void
  upgrade(control: RequestControl, status: number, raw: RawHeaders, socket: Duplex): void
  bodySent(chunk: unknown): void
  requestSent(): void
}
