import type { Duplex } from 'node:stream'
import type { NewHandler, OldHandler, RequestControl } from './handler.ts'
import type { Headers } from './parse-headers.ts'
import { toRawHeaders } from './raw-headers.ts'

type Dispatch = (options: object, handler: object) => boolean
export type Interceptor = (dispatch: Dispatch) => Dispatch

/**
 * As undici has it: what each interceptor is given is a handler of the newer generation, whatever
 * was dispatched, so that those of undici 7 and 8 work under the `fetch` of any Node.
 */
export function composeDispatch(dispatch: Dispatch, interceptors: readonly unknown[]): Dispatch {
  let composed = dispatch
  for (const interceptor of interceptors) {
    if (interceptor === null || interceptor === undefined) continue
    if (typeof interceptor !== 'function') {
      throw new TypeError(`invalid interceptor, expected function received ${typeof interceptor}`)
    }
    composed = forNewHandlers((interceptor as Interceptor)(composed))
  }
  return composed
}

function forNewHandlers(dispatch: Dispatch): Dispatch {
  if (typeof dispatch !== 'function' || dispatch.length !== 2) {
    throw new TypeError('invalid interceptor')
  }
  return (options, handler) => dispatch(options, asNewHandler(handler))
}

function asNewHandler(handler: object): object {
  const isNew = typeof (handler as NewHandler | null)?.onRequestStart === 'function'
  return isNew || typeof handler !== 'object' || handler === null
    ? handler
    : new Renewed(handler as OldHandler)
}

/**
 * A handler of the older generation behind the face of a newer one. It is told the headers as they
 * are given, not as they came raw: an interceptor may have changed them.
 */
class Renewed implements NewHandler {
  readonly #handler: OldHandler

  constructor(handler: OldHandler) {
    this.#handler = handler
  }

  onRequestStart(control: RequestControl, context: unknown): void {
    this.#handler.onConnect?.((reason) => control.abort(reason), context)
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.()
  }

  onResponseStart(control: RequestControl, status: number, headers: Headers, text: string): void {
    const raw = toRawHeaders(headers)
    const isWilling = this.#handler.onHeaders?.(status, raw, () => control.resume(), text)
    if (isWilling === false) control.pause()
  }

  onResponseData(control: RequestControl, chunk: Buffer): void {
    if (this.#handler.onData?.(chunk) === false) control.pause()
  }

  onResponseEnd(_control: RequestControl, trailers: Headers): void {
    this.#handler.onComplete?.(toRawHeaders(trailers ?? {}))
  }

  onResponseError(_control: RequestControl | null, error: unknown): void {
    if (typeof this.#handler.onError !== 'function') throw error
    this.#handler.onError(error)
  }

  onRequestUpgrade(
    _control: RequestControl,
    status: number,
    headers: Headers,
    socket: Duplex,
  ): void {
    this.#handler.onUpgrade?.(status, toRawHeaders(headers), socket)
  }

  onBodySent(chunk: unknown): void {
    this.#handler.onBodySent?.(chunk)
  }

  onRequestSent(): void {
    this.#handler.onRequestSent?.()
  }
}
