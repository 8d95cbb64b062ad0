export type RespValue = string | number | null | RespError | RespValue[]

/** An answer that is an error. Its `code` is the first word, as in `WRONGPASS`. */
export class RespError extends Error {
  readonly code: string

  constructor(message: string) {
    super(message)
    this.name = 'RespError'
    this.code = message.split(' ', 1)[0] ?? ''
  }
}

/** Makes values of bytes, however they are cut into pieces. */
export class RespReader {
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0

  /** The values that are complete with these bytes. Throws if they are not RESP. */
  read(bytes: Buffer): RespValue[] {
    this.#bytes = Buffer.concat([this.#bytes.subarray(this.#at), bytes])
    this.#at = 0
    const values: RespValue[] = []
    for (;;) {
      const start = this.#at
      const value = this.#value()
      if (value === undefined) {
        this.#at = start
        return values
      }
      values.push(value)
    }
  }

  /** Undefined where bytes are missing. */
  #value(): RespValue | undefined {
    const line = this.#line()
    if (line === undefined) return undefined
    const rest = line.slice(1)
    switch (line[0]) {
      case '+':
        return rest
      case '-':
        return new RespError(rest)
      case ':':
        return Number(rest)
      case '$':
        return Number(rest) < 0 ? null : this.#text(Number(rest))
      case '*':
        return Number(rest) < 0 ? null : this.#list(Number(rest))
      default:
        throw new Error(`this is not RESP: ${line.slice(0, 40)}`)
    }
  }

  #line(): string | undefined {
    const end = this.#bytes.indexOf('\r\n', this.#at)
    if (end < 0) return undefined
    const line = this.#bytes.toString('utf8', this.#at, end)
    this.#at = end + 2
    return line
  }

  #text(length: number): string | undefined {
    const end = this.#at + length
    if (this.#bytes.length < end + 2) return undefined
    const text = this.#bytes.toString('utf8', this.#at, end)
    this.#at = end + 2
    return text
  }

  #list(length: number): RespValue[] | undefined {
    const list: RespValue[] = []
    while (list.length < length) {
      const value = this.#value()
      if (value === undefined) return undefined
      list.push(value)
    }
    return list
  }
}
