import type { Socket } from 'node:net'
import { RespError, RespReader, type RespValue } from './resp-reader.ts'

interface Waiting {
  resolve(value: RespValue): void
  reject(error: Error): void
}

/** One connection: sends commands, and matches answers to them in order. */
export class RespConn {
  readonly socket: Socket
  readonly #waiting: Waiting[] = []
  readonly #reader = new RespReader()

  constructor(socket: Socket) {
    this.socket = socket
    // For life: an error that nobody listens to would end the process.
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
    socket.on('data', (bytes) => this.#read(bytes))
  }

  /** It has ended, or an answer is still to come that the next holder would take for its own. */
  get isBroken(): boolean {
    return !this.socket.writable || this.#waiting.length > 0
  }

  command(...words: string[]): Promise<RespValue> {
    return new Promise((resolve, reject) => {
      if (!this.socket.writable) return reject(new Error('the connection has ended'))
      this.#waiting.push({ resolve, reject })
      const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
      this.socket.write(`*${words.length}\r\n${parts.join('')}`)
    })
  }

  /** Ends it now; whoever waits for an answer gets the error. */
  destroy(error: Error = new Error('the connection has ended')): void {
    this.socket.destroy()
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  #read(bytes: Buffer): void {
    try {
      for (const value of this.#reader.read(bytes)) this.#answer(value)
    } catch (error) {
      this.destroy(error as Error)
    }
  }

  #answer(value: RespValue): void {
    const first = this.#waiting.shift()
    if (first === undefined) throw new Error('an answer came that nobody had asked for')
    if (value instanceof RespError) first.reject(value)
    else first.resolve(value)
  }
}
