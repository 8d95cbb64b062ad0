import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  type AddressInfo,
  createServer as createNetServer,
  type Server,
  type Socket,
} from 'node:net'
import { onTestFinished } from 'vitest'

export interface Listening {
  readonly port: number
  readonly server: Server
  /** The server's ends of the open connections, oldest first. */
  readonly sockets: Set<Socket>
  /** The server's end of the next connection. */
  connection(): Promise<Socket>
  /** Closes all connections and stops listening. */
  stop(): Promise<void>
}

export type Answer = (req: IncomingMessage, res: ServerResponse) => void

/** An HTTP server on a port of loopback or on a path, gone when the test is over. */
export function startOrigin(answer: Answer, at: number | string = 0): Promise<Listening> {
  const server = createServer(answer)
  server.keepAliveTimeout = 0
  return listen(server, at)
}

/** A plain TCP server on loopback, gone when the test is over. */
export function startTcp(onSocket: (socket: Socket) => void = () => {}): Promise<Listening> {
  return listen(
    createNetServer((socket) => onSocket(socket.on('error', () => {}))),
    0,
  )
}

export async function listen(server: Server, at: number | string): Promise<Listening> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  if (typeof at === 'string') server.listen(at)
  else server.listen(at, '127.0.0.1')
  await once(server, 'listening')
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  onTestFinished(stop)
  const connection = async (): Promise<Socket> => (await once(server, 'connection'))[0]
  return { port: (server.address() as AddressInfo).port, server, sockets, connection, stop }
}

/** A port of loopback where nobody listens. */
export async function unusedPort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
