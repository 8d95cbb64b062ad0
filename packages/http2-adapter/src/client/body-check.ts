import { Transform, type TransformCallback } from 'node:stream'
import { show } from '../show.ts'

/**
 * What passes on its way from a body to its stream: chunks that are text or bytes, as others would be
 * thrown at nobody by the stream's `write`; and no more or fewer bytes than were announced.
 */
export class BodyCheck extends Transform {
  readonly #length: number | undefined
  #sent = 0

  constructor(length: number | undefined) {
    super({ writableObjectMode: true })
    this.#length = length
  }

  override _transform(chunk: unknown, _encoding: BufferEncoding, done: TransformCallback): void {
    if (!isWhole(chunk)) {
      done(new TypeError(`a body's chunks must be strings or Uint8Arrays; got ${show(chunk)}`))
      return
    }
    this.#sent += Buffer.byteLength(chunk)
    if (this.#length !== undefined && this.#sent > this.#length) done(this.#wrongLength())
    else done(null, chunk)
  }

  override _flush(done: TransformCallback): void {
    done(this.#length === undefined || this.#sent === this.#length ? null : this.#wrongLength())
  }

  #wrongLength(): RangeError {
    return wrongLength(this.#length as number, this.#sent)
  }
}

export function wrongLength(said: number, sent: number): RangeError {
  return new RangeError(`content-length is ${said}, and the body has ${sent} bytes`)
}

export function isWhole(body: unknown): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array
}
