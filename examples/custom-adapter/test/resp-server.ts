import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { RespConn } from '../src/index.ts'
import { RespReader, type RespValue } from '../src/resp-reader.ts'

/** A server that knows a few commands, in the process of the test, and can be cruel. */
export class RespServer {
  /** Commands that it has got. */
  received = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #texts = new Map<string, string>()
  readonly #password: string | undefined

  private constructor(password: string | undefined, isSilent: boolean) {
    this.#password = password
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {})
      if (!isSilent) this.#serve(socket)
      else socket.resume()
    })
  }

  /** `isSilent`: it accepts connections, and never answers. */
  static async start({ password = undefined as string | undefined, isSilent = false } = {}) {
    const started = new RespServer(password, isSilent)
    started.#server.listen(0, '127.0.0.1')
    await once(started.#server, 'listening')
    return started
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get openConnections(): number {
    return this.#sockets.size
  }

  /** Ends one connection, as `CLIENT KILL` does. */
  kill(conn: RespConn): void {
    const { localPort } = conn.socket
    for (const socket of this.#sockets) if (socket.remotePort === localPort) socket.destroy()
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(socket: Socket): void {
    const reader = new RespReader()
    let isKnown = this.#password === undefined
    socket.on('data', (bytes) => {
      for (const command of reader.read(bytes)) {
        this.received++
        const [name, ...words] = command as string[]
        if (name === 'AUTH') isKnown = words[0] === this.#password
        socket.write(this.#answer(isKnown, name ?? '', words))
      }
    })
  }

  #answer(isKnown: boolean, name: string, [first = '', second = '']: string[]): string {
    if (!isKnown) return `-${name === 'AUTH' ? 'WRONGPASS' : 'NOAUTH'} who are you?\r\n`
    switch (name) {
      case 'ECHO':
        return text(first)
      case 'SET':
        this.#texts.set(first, second)
        return '+OK\r\n'
      case 'GET':
        return text(this.#texts.get(first) ?? null)
      default:
        return '+OK\r\n'
    }
  }
}

function text(value: RespValue): string {
  return value === null ? '$-1\r\n' : `$${Buffer.byteLength(String(value))}\r\n${value}\r\n`
}
