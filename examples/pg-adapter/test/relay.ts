import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What a client connects to in place of the server: passes all on, counts, and can be slow. */
export class Relay {
  /** Bytes that clients have sent. */
  received = 0
  /** How long, in ms, the nth connection waits before its first byte is passed on. */
  delayMs: (nth: number) => number = () => 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #connections = 0

  /** Without a port to pass it on to, it accepts connections and never answers. */
  private constructor(port: number | undefined) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {})
      if (port === undefined) socket.resume()
      else setTimeout(() => this.#pass(socket, port), this.delayMs(++this.#connections))
    })
  }

  static async start(port?: number): Promise<Relay> {
    const relay = new Relay(port)
    relay.#server.listen(0, '127.0.0.1')
    await once(relay.#server, 'listening')
    return relay
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Half-open ones too, which the server does not tell of. */
  get openConnections(): number {
    return this.#sockets.size
  }

  /** Nothing that clients send now is passed on any more. */
  freeze(): void {
    for (const socket of this.#sockets) socket.pause()
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #pass(client: Socket, port: number): void {
    if (client.destroyed) return
    const server = connect(port, '127.0.0.1').setNoDelay()
    client.setNoDelay().on('data', ({ length }) => {
      this.received += length
    })
    client.pipe(server)
    server.pipe(client)
    server.on('error', () => {}).on('close', () => client.destroySoon())
    client.on('close', () => server.destroy())
  }
}
