import type { ClientHttp2Stream } from 'node:http2'
import { isReadable, Readable } from 'node:stream'
import { show } from '../show.ts'
import { bodyNotWanted } from '../stream-guard.ts'
import { BodyCheck, isWhole, wrongLength } from './body-check.ts'

/** What a request sends. A function is asked for one, again for each time it is sent. */
export type Http2Body = string | Uint8Array | Readable | (() => string | Uint8Array | Readable)

/** The body of one request, however often it is sent. */
export class RequestBody {
  readonly #given: Http2Body | undefined
  #isUsedUp = false
  /** What its caller says, where it is not known before it is sent. */
  #saidLength: number | undefined
  /** Whoever gives the rest of a stream has read from it; nobody must, from then on. */
  readonly #wasReadFrom: boolean
  #lastMade: Readable | undefined

  constructor(given: Http2Body | undefined) {
    this.#given = given
    this.#wasReadFrom = given instanceof Readable && Readable.isDisturbed(given)
    if (given === undefined || typeof given === 'function' || isWhole(given)) return
    if (!(given instanceof Readable)) throw wrongBody(given)
    if (!isReadable(given)) throw new TypeError('options.body has been read or destroyed already')
  }

  get isEmpty(): boolean {
    return this.#given === undefined
  }

  /**
   * The `content-length` to send, in bytes, where it is known: what its caller says, if that is true.
   * A peer would reset the stream, and could not say why.
   */
  lengthToSend(said: unknown): number | undefined {
    const given = this.#given
    const known = given === undefined ? 0 : isWhole(given) ? Buffer.byteLength(given) : undefined
    if (said === undefined) return given === undefined ? undefined : known
    if (!/^\d+$/.test(String(said))) {
      throw new TypeError(`content-length must be a number of bytes; got ${show(said)}`)
    }
    const length = Number(said)
    if (known === undefined) this.#saidLength = length
    else if (length !== known) throw wrongLength(length, known)
    return length
  }

  /** It can be sent from its beginning, again or for the first time. */
  get canBeSent(): boolean {
    return !this.#isUsedUp
  }

  /** Hears of what goes wrong with it, also while nobody sends it yet: uncaught, that ends a process. */
  onFailure(heard: (error: Error) => void): void {
    const given = this.#given
    if (!(given instanceof Readable)) return
    given.on('error', heard).on('close', () => given.readableEnded || heard(endedEarly()))
  }

  /** Throws, or tells `onFailure`, what goes wrong with it; the stream is then of no use. */
  sendOn(stream: ClientHttp2Stream, onFailure: (error: Error) => void): void {
    const given = this.#given
    if (given === undefined) return
    const body = typeof given === 'function' ? given() : given
    const length = this.#saidLength
    if (isWhole(body)) {
      const sent = Buffer.byteLength(body)
      if (length !== undefined && length !== sent) throw wrongLength(length, sent)
      stream.end(body)
      return
    }
    if (!(body instanceof Readable)) throw wrongBody(body)
    this.#isUsedUp = typeof given !== 'function'
    this.#checkUnread(body)
    const check =
      body.readableObjectMode || length !== undefined ? new BodyCheck(length) : undefined
    pump(body, check, stream, onFailure)
  }

  /** What somebody else has read would be missing, and nobody could tell. */
  #checkUnread(body: Readable): void {
    const isFunctions = body !== this.#given
    const isReadFrom = isFunctions ? body === this.#lastMade : Readable.isDisturbed(body)
    if (!isReadable(body) || (isReadFrom && !this.#wasReadFrom)) {
      throw new Error('the body has been read or destroyed before it was sent')
    }
    if (isFunctions) this.#lastMade = body
  }

  /** Nobody will send it any more. */
  abandon(): void {
    if (this.#given instanceof Readable) this.#given.destroy()
  }
}

/**
 * Not `pipeline`, which destroys a stream whose peer takes no more of the body: there may still be its
 * answer to be read (RFC 9113, section 8.1).
 */
function pump(
  body: Readable,
  check: BodyCheck | undefined,
  stream: ClientHttp2Stream,
  onFailure: (error: Error) => void,
): void {
  let isOver = false
  // One that ends with its stream has not failed.
  const heard = (error: Error): void => {
    if (!isOver && !stream.destroyed) onFailure(error)
  }
  const stop = (): void => {
    isOver = true
    source.unpipe(stream)
    body.destroy()
    check?.destroy()
  }
  body.on('error', heard).on('close', () => body.readableEnded || heard(endedEarly()))
  const source = check === undefined ? body : body.pipe(check.on('error', heard))
  source.pipe(stream)
  stream.once('aborted', stop).once(bodyNotWanted, stop).once('close', stop)
}

/** Of all requests that send none. */
export const noBody: RequestBody = new RequestBody(undefined)

function endedEarly(): Error {
  const code = 'ERR_STREAM_PREMATURE_CLOSE'
  return Object.assign(new Error('the stream was destroyed before its end'), { code })
}

function wrongBody(body: unknown): TypeError {
  return new TypeError(
    `options.body must be a string, a Uint8Array, a Readable, or a function that makes one; got ${show(body)}`,
  )
}
