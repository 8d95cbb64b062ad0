import { startTls } from '../../support/tls-origin.ts'

function frame(type: number, flags: number, streamId: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(streamId, 5)
  return Buffer.concat([head, payload])
}

const [DATA, HEADERS, RST_STREAM, SETTINGS] = [0, 1, 3, 4]
const END_HEADERS = 4
/** `:status: 200` in the static table of RFC 7541. */
const ok = Buffer.from([0x88])

/**
 * A server that answers each request with a part of a body, and then resets the stream with the next
 * of these codes. Node's own ends the body first.
 */
export async function startCuttingOrigin(codes: number[]): Promise<{ url: string; ca: string }> {
  const left = [...codes]
  const origin = await startTls({ ALPNProtocols: ['h2'] }, (socket) => {
    socket.on('error', () => {})
    socket.write(frame(SETTINGS, 0, 0, Buffer.alloc(0)))
    let seen = Buffer.alloc(0)
    let at = 24
    socket.on('data', (data) => {
      seen = Buffer.concat([seen, data])
      while (seen.length >= at + 9) {
        const type = seen.readUInt8(at + 3)
        const streamId = seen.readUInt32BE(at + 5)
        at += 9 + seen.readUIntBE(at, 3)
        if (type !== HEADERS) continue
        const code = Buffer.alloc(4)
        code.writeUInt32BE(left.shift() ?? 0)
        socket.write(frame(HEADERS as number, END_HEADERS, streamId, ok))
        socket.write(frame(DATA as number, 0, streamId, Buffer.from('a part')))
        socket.write(frame(RST_STREAM as number, 0, streamId, code))
      }
    })
  })
  return { url: `https://127.0.0.1:${origin.port}`, ca: origin.cert }
}
