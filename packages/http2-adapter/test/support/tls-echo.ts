import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:tls'
import type { Http2Target } from '../../src/index.ts'
import { certificate } from './certificate.ts'

export interface TlsEcho {
  readonly target: Http2Target
  /** The server's ends of the TCP connections that are open. */
  readonly sockets: Set<Socket>
  accepted(): number
  stop(): void
}

/** A server of TLS that has never heard of HTTP/2, and sends back what it gets. */
export async function openTls(ALPNProtocols?: string[]): Promise<TlsEcho> {
  const pair = await certificate()
  const sockets = new Set<Socket>()
  let accepted = 0
  const options = ALPNProtocols === undefined ? pair : { ...pair, ALPNProtocols }
  const server = createServer(options, (socket) => socket.on('error', () => {}).pipe(socket))
  server
    .on('tlsClientError', () => {})
    .on('connection', (socket: Socket) => {
      accepted++
      sockets.add(socket.on('error', () => {}))
      socket.once('close', () => sockets.delete(socket))
    })
    .listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    target: { host: '127.0.0.1', port, tls: { ca: pair.cert } },
    sockets,
    accepted: () => accepted,
    stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
