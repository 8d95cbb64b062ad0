import { once } from 'node:events'
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { Http2Target } from '../../src/index.ts'
import { certificate } from './certificate.ts'

export type OnStream = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  session: ServerHttp2Session,
) => void

export interface H2Origin {
  readonly port: number
  readonly url: string
  readonly target: Http2Target
  readonly server: Http2Server | Http2SecureServer
  /** The server's ends of the sessions that are open, oldest first. */
  readonly sessions: Set<ServerHttp2Session>
  /** The server's ends of the TCP connections that are open. */
  readonly sockets: Set<Socket>
  /** TCP connections so far. */
  accepted(): number
  /** The only session there is. */
  session(): ServerHttp2Session
  stop(): void
}

export interface OriginOptions extends ServerOptions {
  readonly tls?: boolean | undefined
  /** TLS only: whether HTTP/1.1 may be chosen too. */
  readonly allowHTTP1?: boolean | undefined
  readonly onStream?: OnStream | undefined
}

/** Answers each stream with 200 and what it was asked for. */
export const echoPath: OnStream = (stream, headers) => {
  stream.respond({ ':status': 200 })
  stream.end(String(headers[':path']))
}

/** A scripted server of HTTP/2 on loopback. */
export async function openOrigin(options: OriginOptions = {}): Promise<H2Origin> {
  const { tls = false, onStream = echoPath, ...rest } = options
  const pair = await certificate()
  const server = tls ? createSecureServer({ ...pair, ...rest }) : createServer(rest)
  const sessions = new Set<ServerHttp2Session>()
  const sockets = new Set<Socket>()
  let accepted = 0
  server.on('connection', (socket: Socket) => {
    accepted++
    sockets.add(socket.on('error', () => {}))
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('session', (session) => {
    sessions.add(session.on('error', () => {}))
    session.once('close', () => sessions.delete(session))
  })
  server.on('sessionError', () => {})
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => {})
    onStream(stream, headers, stream.session as ServerHttp2Session)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const host = '127.0.0.1'
  return {
    port,
    url: `${tls ? 'https' : 'http'}://${host}:${port}`,
    target: tls ? { host, port, tls: { ca: pair.cert } } : { host, port },
    server,
    sessions,
    sockets,
    accepted: () => accepted,
    session: () => [...sessions][0]!,
    stop: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
