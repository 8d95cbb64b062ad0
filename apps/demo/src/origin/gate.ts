import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A client's connection, and the one to the server that it is forwarded to. */
interface Pair {
  readonly client: Socket
  readonly server: Socket
}

/**
 * A TCP proxy in front of a server on loopback, which can do what networks do: reset connections, and
 * stop forwarding without a word to either end. It knows nothing of what is spoken.
 */
export class Gate {
  readonly #pairs = new Set<Pair>()
  readonly #serverPort: number
  readonly #listener: Server
  #isDropping = false

  constructor(serverPort: number) {
    this.#serverPort = serverPort
    this.#listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) =>
      this.#accept(client),
    )
  }

  /** Resolves with the port; rejects with the system's error, as when the port is in use. */
  async listen(port: number): Promise<number> {
    this.#listener.listen({ port, host: '127.0.0.1', backlog: 2_048 })
    await once(this.#listener, 'listening')
    return (this.#listener.address() as AddressInfo).port
  }

  get connections(): number {
    return this.#pairs.size
  }

  /** RST to every client. */
  reset(): void {
    for (const { client } of this.#pairs) client.resetAndDestroy()
  }

  /** From now on nothing passes, on old connections and new ones, until `heal()`. */
  drop(): void {
    this.#isDropping = true
    for (const { client, server } of this.#pairs) {
      client.unpipe(server).pause()
      server.unpipe(client).pause()
    }
  }

  /** What was held back passes, as after a network has sent it again. */
  heal(): void {
    this.#isDropping = false
    for (const pair of this.#pairs) forward(pair)
  }

  close(): void {
    this.#listener.close()
    for (const { client, server } of this.#pairs) {
      client.destroy()
      server.destroy()
    }
  }

  #accept(client: Socket): void {
    const server = connect({
      port: this.#serverPort,
      host: '127.0.0.1',
      allowHalfOpen: true,
      noDelay: true,
    })
    const pair = { client, server }
    this.#pairs.add(pair)
    const end = (): void => {
      this.#pairs.delete(pair)
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) socket.on('error', () => {}).on('close', end)
    if (!this.#isDropping) forward(pair)
  }
}

function forward({ client, server }: Pair): void {
  client.pipe(server)
  server.pipe(client)
}
