import type { Socket } from 'node:net'
import { startTls } from '../../support/tls-origin.ts'

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly streamId: number
  /** It ends the request. */
  readonly isEnd: boolean
  /** Undefined if it is no reset. */
  readonly resetCode: number | undefined
}

/** What a test says on one of its sessions. */
export interface RawSession {
  /** Counted from 0. */
  readonly number: number
  readonly frames: Frame[]
  settings(maxConcurrentStreams?: number): void
  /** A status of 200, and with it the end of the response. */
  respond(streamId: number): void
  reset(streamId: number, code: number): void
  goaway(lastStreamId: number, code?: number): void
}

const [DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY] = [0, 1, 3, 4, 6, 7] as const
export const frameTypes: { HEADERS: number } = { HEADERS }
const ACK = 1
const END_STREAM = 1
const END_STREAM_AND_HEADERS = 5
const MAX_CONCURRENT_STREAMS = 3
/** `:status: 200` in the static table of RFC 7541. */
const ok = Buffer.from([0x88])
const preface = 24

/**
 * A server that says frame by frame what a test wants, which Node's own would not. It answers
 * SETTINGS and pings; all else is for `heard`.
 */
export async function startRawH2(
  heard: (frame: Frame, session: RawSession) => void,
): Promise<{ url: string; ca: string; sessions: RawSession[] }> {
  const sessions: RawSession[] = []
  const origin = await startTls({ ALPNProtocols: ['h2'] }, (socket) => {
    const session = newSession(
      socket.on('error', () => {}),
      sessions.length,
    )
    sessions.push(session)
    session.settings()
    const answer = (frame: Frame, payload: Buffer): void => {
      session.frames.push(frame)
      const isQuestion = (frame.flags & ACK) === 0
      if (frame.type === SETTINGS && isQuestion) write(socket, SETTINGS, ACK, 0)
      else if (frame.type === PING && isQuestion) write(socket, PING, ACK, 0, payload)
      else heard(frame, session)
    }
    let seen = Buffer.alloc(0)
    let at = preface
    socket.on('data', (data) => {
      seen = Buffer.concat([seen, data])
      for (let end = frameEnd(seen, at); end <= seen.length; end = frameEnd(seen, at)) {
        answer(frameOf(seen, at), seen.subarray(at + 9, end))
        at = end
      }
    })
  })
  return { url: `https://127.0.0.1:${origin.port}`, ca: origin.cert, sessions }
}

function frameOf(seen: Buffer, at: number): Frame {
  const [type, flags] = [seen.readUInt8(at + 3), seen.readUInt8(at + 4)]
  const isRequest = type === DATA || type === HEADERS
  return {
    type,
    flags,
    streamId: seen.readUInt32BE(at + 5),
    isEnd: isRequest && (flags & END_STREAM) !== 0,
    resetCode: type === RST_STREAM ? seen.readUInt32BE(at + 9) : undefined,
  }
}

/** Where the frame ends that begins there; beyond all if its head has not come yet. */
function frameEnd(seen: Buffer, at: number): number {
  return seen.length < at + 9 ? Number.POSITIVE_INFINITY : at + 9 + seen.readUIntBE(at, 3)
}

function newSession(socket: Socket, number: number): RawSession {
  return {
    number,
    frames: [],
    settings(max) {
      const payload = Buffer.alloc(max === undefined ? 0 : 6)
      if (max !== undefined) {
        payload.writeUInt16BE(MAX_CONCURRENT_STREAMS)
        payload.writeUInt32BE(max, 2)
      }
      write(socket, SETTINGS, 0, 0, payload)
    },
    respond: (streamId) => write(socket, HEADERS, END_STREAM_AND_HEADERS, streamId, ok),
    reset: (streamId, code) => write(socket, RST_STREAM, 0, streamId, numbers(code)),
    goaway: (last, code = 0) => write(socket, GOAWAY, 0, 0, numbers(last, code)),
  }
}

function write(
  socket: Socket,
  type: number,
  flags: number,
  streamId: number,
  payload: Buffer = Buffer.alloc(0),
): void {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(streamId, 5)
  socket.write(Buffer.concat([head, payload]))
}

function numbers(...all: number[]): Buffer {
  const bytes = Buffer.alloc(4 * all.length)
  for (const [i, number] of all.entries()) bytes.writeUInt32BE(number, 4 * i)
  return bytes
}
