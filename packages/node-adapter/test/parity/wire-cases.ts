import type { Socket } from 'node:net'
import { startTcp } from '../support/origin.ts'
import { startTls } from '../support/tls-origin.ts'
import type { ParityCase } from './cases.ts'
import { type Kit, shape } from './kit.ts'

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

interface Wire {
  readonly when: string
  /** What the server sends for the first request; the second is answered with {@link ok}. */
  readonly bytes: string
  /** The server ends the connection behind it. */
  readonly ends?: true
  readonly request?: object
}

const wires: readonly Wire[] = [
  {
    when: 'a HEAD is answered with a body, against the rules',
    bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
    request: { method: 'HEAD' },
  },
  {
    when: 'a 304 has a body, against the rules',
    bytes: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 2\r\n\r\nok',
  },
  {
    when: 'a 204 has a body, against the rules',
    bytes: 'HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\nok',
  },
  {
    when: 'an answer comes in chunks, with a trailer',
    bytes:
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n2\r\nok\r\n0\r\nx-sum: 5\r\n\r\n',
  },
  {
    when: 'an answer is followed by another that nobody asked for',
    bytes: `${ok}HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison`,
  },
  {
    when: 'an answer is followed by bytes that are no HTTP',
    bytes: `${ok}garbage`,
  },
  {
    when: 'an answer is longer than its content-length says',
    bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nok',
  },
  {
    when: 'an answer has no length and ends with its connection',
    bytes: 'HTTP/1.1 200 OK\r\n\r\nok',
    ends: true,
  },
  { when: 'an answer has a length, and its connection ends behind it', bytes: ok, ends: true },
  { when: 'an HTTP/1.0 server answers', bytes: 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok' },
  {
    when: 'an HTTP/1.0 server answers and keeps the connection alive',
    bytes: 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok',
  },
  {
    when: 'a server says both Connection: close and Keep-Alive',
    bytes: ok.replace('\r\n', '\r\nconnection: close\r\nkeep-alive: timeout=5\r\n'),
  },
  {
    when: 'a 417 is the answer to Expect: 100-continue',
    bytes: 'HTTP/1.1 417 Expectation Failed\r\ncontent-length: 0\r\n\r\n',
    request: { method: 'POST', headers: { expect: '100-continue', 'content-length': 0 } },
  },
  {
    when: 'a 101 comes that nobody listens for',
    bytes: 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
    request: { headers: { connection: 'upgrade', upgrade: 'x' } },
  },
  {
    when: 'headers are longer than the client takes',
    bytes: `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(20_000)}\r\ncontent-length: 0\r\n\r\n`,
  },
  {
    when: 'a chunk has no length',
    bytes: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n',
  },
  { when: 'a connection ends without a byte', bytes: '', ends: true },
]

/** What servers may put on the wire, byte by byte, and what it does to this request and the next. */
export const wireCases: readonly ParityCase[] = wires.map(({ when, bytes, ends, request }) => ({
  when,
  async see(kit) {
    const origin = await wireOrigin(kit, (socket, index) => {
      if (index > 0) socket.write(ok)
      else if (ends) socket.end(bytes)
      else socket.write(bytes)
    })
    const agent = await kit.agent()
    const first = await outcome(kit.send(agent, origin.port, request))
    const second = await outcome(kit.send(agent, origin.port))
    return { first, second, connections: origin.connections() }
  },
}))

async function outcome({ req, reply }: ReturnType<Kit['send']>): Promise<object> {
  try {
    const { res, body } = await reply
    const { statusCode, trailers, complete } = res
    return { statusCode, body, trailers: { ...trailers }, complete, reused: req.reusedSocket }
  } catch (error) {
    return shape(error)
  }
}

/** A server that is told of each request, which come in one piece here, by its number. */
async function wireOrigin(kit: Kit, answer: (socket: Socket, index: number) => void) {
  let connections = 0
  let requests = 0
  const onSocket = (socket: Socket): void => {
    connections++
    socket.on('error', () => {}).on('data', () => answer(socket, requests++))
  }
  const { port } = await (kit.scheme === 'http' ? startTcp(onSocket) : startTls({}, onSocket))
  return { port, connections: () => connections }
}
