import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls'
import { generate } from 'selfsigned'
import { onTestFinished } from 'vitest'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

const made = new Map<string, Promise<Certificate>>()

/** A certificate for `localhost`, 127.0.0.1 and `origin.test`, made once for each name. */
export function certificate(name = 'localhost'): Promise<Certificate> {
  let pending = made.get(name)
  if (pending === undefined) {
    pending = makeCertificate(name)
    made.set(name, pending)
  }
  return pending
}

async function makeCertificate(name: string): Promise<Certificate> {
  const altNames = [
    { type: 2 as const, value: name },
    { type: 2 as const, value: 'origin.test' },
    { type: 7 as const, ip: '127.0.0.1' },
  ]
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames }],
  })
  return { key: made.private, cert: made.cert }
}

export interface TlsOrigin extends Certificate {
  readonly port: number
  /** The server's ends of the TCP connections that are open. */
  readonly raw: Set<Socket>
  /** How each handshake went, oldest first. */
  readonly handshakes: { readonly resumed: boolean; readonly servername: string | false }[]
  /** The server's end of the next connection, after its handshake. */
  connection(): Promise<TLSSocket>
}

/** A TLS server on loopback, gone when the test is over. */
export async function startTls(
  options: TlsOptions = {},
  onSocket: (socket: TLSSocket) => void = () => {},
): Promise<TlsOrigin> {
  const pair = await certificate()
  const raw = new Set<Socket>()
  const handshakes: TlsOrigin['handshakes'] = []
  const server = createServer({ ...pair, ...options }, (socket) => {
    socket.on('error', () => {})
    handshakes.push({
      resumed: socket.isSessionReused(),
      servername: (socket as TLSSocket & { servername: string | false }).servername,
    })
    onSocket(socket)
  })
  server
    .on('tlsClientError', () => {})
    .on('connection', (socket: Socket) => {
      raw.add(socket.on('error', () => {}))
      socket.once('close', () => raw.delete(socket))
    })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of raw) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const connection = async (): Promise<TLSSocket> => (await once(server, 'secureConnection'))[0]
  return { ...pair, port, raw, handshakes, connection }
}
