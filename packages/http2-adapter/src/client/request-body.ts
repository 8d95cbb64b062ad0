import type { ClientHttp2Stream } from 'node:http2'
import { isReadable, pipeline, Readable, Transform } from 'node:stream'
import { show } from '../show.ts'

/** What a request sends. A function is asked for one, again for each time it is sent. */
export type Http2Body = string | Uint8Array | Readable | (() => string | Uint8Array | Readable)

/** The body of one request, however often it is sent. */
export class RequestBody {
  readonly #given: Http2Body | undefined
  #isUsedUp = false

  constructor(given: Http2Body | undefined) {
    this.#given = given
    if (given === undefined || typeof given === 'function' || isWhole(given)) return
    if (!(given instanceof Readable)) throw wrongBody(given)
    if (!isReadable(given)) throw new TypeError('options.body has been read or destroyed already')
  }

  get isEmpty(): boolean {
    return this.#given === undefined
  }

  /** Bytes, where that is known. */
  get length(): number | undefined {
    const given = this.#given
    if (typeof given === 'string') return Buffer.byteLength(given)
    return given instanceof Uint8Array ? given.byteLength : undefined
  }

  /** It can be sent from its beginning, again or for the first time. */
  get canBeSent(): boolean {
    return !this.#isUsedUp
  }

  /** Hears of what goes wrong with it, also while nobody sends it yet: uncaught, that ends a process. */
  onFailure(heard: (error: Error) => void): void {
    if (this.#given instanceof Readable) this.#given.on('error', heard)
  }

  /** What goes wrong here destroys the stream. */
  sendOn(stream: ClientHttp2Stream, onFailure: () => void): void {
    const given = this.#given
    if (given === undefined) return
    const body = typeof given === 'function' ? given() : given
    if (isWhole(body)) {
      stream.end(body)
      return
    }
    if (!(body instanceof Readable)) throw wrongBody(body)
    this.#isUsedUp = typeof given !== 'function'
    // One that ends with its stream has not failed.
    const heard = () => stream.destroyed || onFailure()
    body.on('error', heard)
    // A chunk that is neither text nor bytes would be thrown at nobody by the stream's `write`.
    if (body.readableObjectMode)
      pipeline(body, checkingChunks().on('error', heard), stream, () => {})
    else pipeline(body, stream, () => {})
  }

  /** Nobody will send it any more. */
  abandon(): void {
    if (this.#given instanceof Readable) this.#given.destroy()
  }
}

/** Of all requests that send none. */
export const noBody: RequestBody = new RequestBody(undefined)

function checkingChunks(): Transform {
  return new Transform({
    writableObjectMode: true,
    transform(chunk: unknown, _encoding, done) {
      if (isWhole(chunk)) done(null, chunk)
      else done(new TypeError(`a body's chunks must be strings or Uint8Arrays; got ${show(chunk)}`))
    },
  })
}

function isWhole(body: unknown): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array
}

function wrongBody(body: unknown): TypeError {
  return new TypeError(
    `options.body must be a string, a Uint8Array, a Readable, or a function that makes one; got ${show(body)}`,
  )
}
