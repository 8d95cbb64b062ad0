import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length

export const frameTypes = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
} as const

/** As its client has sent it. */
export interface ReceivedFrame {
  readonly type: number
  readonly stream: number
  readonly payload: Buffer
}

/** One connection of a server that says exactly what a test tells it to. */
export class RawSession {
  readonly socket: Socket
  /** Ids of the streams that were begun, in order. */
  readonly streams: number[] = []
  /** All that came, in order. */
  readonly received: ReceivedFrame[] = []
  readonly number: number
  answersPings = true
  readonly #unanswered: Buffer[] = []
  #input: Buffer = Buffer.alloc(0)
  #skip = preface
  #hasSettled = false
  #isOwingAck = false
  readonly #options: RawOptions

  constructor(socket: Socket, number: number, options: RawOptions) {
    this.socket = socket.on('data', (data) => this.#read(data))
    this.number = number
    this.#options = options
  }

  frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): void {
    const head = Buffer.alloc(9)
    head.writeUIntBE(payload.length, 0, 3)
    head.writeUInt8(type, 3)
    head.writeUInt8(flags, 4)
    head.writeUInt32BE(stream, 5)
    this.socket.write(Buffer.concat([head, payload]))
  }

  /** What a server says first. */
  settings(maxConcurrentStreams: number | 'no limit' = 100): void {
    const payload = Buffer.alloc(maxConcurrentStreams === 'no limit' ? 0 : 6)
    if (maxConcurrentStreams !== 'no limit') {
      payload.writeUInt16BE(3, 0)
      payload.writeUInt32BE(maxConcurrentStreams, 2)
    }
    this.frame(frameTypes.settings, 0, 0, payload)
    this.#hasSettled = true
    if (this.#isOwingAck) this.#acknowledge()
  }

  /** Status 200. `end`: and no body. */
  respond(stream: number, end = false): void {
    this.frame(frameTypes.headers, end ? 5 : 4, stream, Buffer.from([0x88]))
  }

  data(stream: number, text: string, end = false): void {
    this.frame(frameTypes.data, end ? 1 : 0, stream, Buffer.from(text))
  }

  /** `grpc-status: 0`, as the last frame of a stream. */
  trailers(stream: number): void {
    const name = Buffer.from('grpc-status')
    const field = Buffer.concat([
      Buffer.from([0, name.length]),
      name,
      Buffer.from([1]),
      Buffer.from('0'),
    ])
    this.frame(frameTypes.headers, 5, stream, field)
  }

  reset(stream: number, code: number): void {
    this.frame(frameTypes.rstStream, 0, stream, u32(code))
  }

  goaway(lastStreamId: number, code = 0): void {
    this.frame(frameTypes.goaway, 0, 0, Buffer.concat([u32(lastStreamId), u32(code)]))
  }

  /** Also those that came while it did not answer. */
  answerPings(): void {
    this.answersPings = true
    for (const payload of this.#unanswered.splice(0)) this.frame(frameTypes.ping, 1, 0, payload)
  }

  /** Not before its own have been sent. */
  #acknowledge(): void {
    this.#isOwingAck = !this.#hasSettled
    if (this.#hasSettled) this.frame(frameTypes.settings, 1, 0)
  }

  #read(data: Buffer): void {
    this.#input = Buffer.concat([this.#input, data])
    if (this.#skip > 0) {
      if (this.#input.length < this.#skip) return
      this.#input = this.#input.subarray(this.#skip)
      this.#skip = 0
    }
    for (;;) {
      if (this.#input.length < 9) return
      const length = 9 + this.#input.readUIntBE(0, 3)
      if (this.#input.length < length) return
      const frame = this.#input.subarray(0, length)
      this.#input = this.#input.subarray(length)
      this.#onFrame(frame)
    }
  }

  #onFrame(frame: Buffer): void {
    const [type, flags, id] = [frame[3], frame[4] as number, frame.readUInt32BE(5)]
    if (type === frameTypes.settings && (flags & 1) === 0) this.#acknowledge()
    this.received.push({ type: type as number, stream: id, payload: frame.subarray(9) })
    if (type === frameTypes.ping && (flags & 1) === 0) {
      this.#unanswered.push(frame.subarray(9))
      if (this.answersPings) this.answerPings()
    }
    if (type === frameTypes.data && (flags & 1) === 1)
      this.#options.onBody?.(this, id, this.#bodyOf(id))
    if (type !== frameTypes.headers) return
    this.streams.push(id)
    this.#options.onStream?.(this, id)
  }

  #bodyOf(stream: number): string {
    const data = this.received.filter((it) => it.type === frameTypes.data && it.stream === stream)
    return Buffer.concat(data.map(({ payload }) => payload)).toString()
  }
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export interface RawOrigin {
  readonly url: string
  readonly port: number
  /** Oldest first, those that have ended too. */
  readonly sessions: RawSession[]
}

export interface RawOptions {
  onSession?: ((session: RawSession) => void) | undefined
  onStream?: ((session: RawSession, id: number) => void) | undefined
  /** A request with a body has come as a whole. */
  onBody?: ((session: RawSession, id: number, body: string) => void) | undefined
}

/** A server of frames on loopback, gone when the test is over. Unless told otherwise it sends SETTINGS. */
export async function startRaw(options: RawOptions = {}): Promise<RawOrigin> {
  const sessions: RawSession[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    const session = new RawSession(socket, sessions.length + 1, options)
    sessions.push(session)
    if (options.onSession === undefined) session.settings()
    else options.onSession(session)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const { socket } of sessions) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, sessions }
}
