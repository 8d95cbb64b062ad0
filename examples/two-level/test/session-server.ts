import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Session } from '../src/session.ts'

/** Answers each question with itself, unless it is told to hold its answers. */
export class SessionServer {
  /** Answer nothing until `answer()`. */
  isHolding = false
  /** The greatest number of questions that were open on one session. */
  mostOpen = 0
  received = 0
  readonly #channels: number
  readonly #held: (() => void)[] = []
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((socket) => this.#greet(socket))

  private constructor(channels: number) {
    this.#channels = channels
  }

  /** With 0 channels, it accepts sessions and never greets. */
  static async start(channels: number): Promise<SessionServer> {
    const started = new SessionServer(channels)
    started.#server.listen(0, '127.0.0.1')
    await once(started.#server, 'listening')
    return started
  }

  get target(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  get sessions(): number {
    return this.#sockets.size
  }

  answer(): void {
    this.isHolding = false
    for (const give of this.#held.splice(0)) give()
  }

  kill({ socket }: Session): void {
    this.#farEnd(socket)?.destroy()
  }

  limit({ socket }: Session, channels: number): void {
    this.#farEnd(socket)?.write(`LIMIT ${channels}\n`)
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #farEnd(socket: Socket): Socket | undefined {
    return [...this.#sockets].find(({ remotePort }) => remotePort === socket.localPort)
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {})
    if (this.#channels > 0) socket.write(`HELLO ${this.#channels}\n`)
    let open = 0
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').slice(0, -1)) {
        this.received++
        this.mostOpen = Math.max(this.mostOpen, ++open)
        if (open > this.#channels) socket.destroy()
        const give = (): void => {
          open--
          socket.write(`${line}\n`)
        }
        if (this.isHolding) this.#held.push(give)
        else give()
      }
    })
  }
}
