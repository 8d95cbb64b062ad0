import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'

/** Microtasks from the opening of a wire to its greeting. */
const GREETING = 8

export class Refusal extends Error {
  readonly code = 'EREFUSED'
}

/**
 * A far side without a network. What would come over one comes in turns of the event loop; what
 * keeps a process alive for a socket is a message port here.
 */
export class MemoryServer {
  /** What it has received: greetings and questions. */
  received = 0
  readonly #open = new Set<Wire>()

  get openConnections(): number {
    return this.#open.size
  }

  /** `host`: `ok` answers, `refuse` opens the wire and then refuses it, `silent` only opens it. */
  connect(host: string): Wire {
    const wire = new Wire(this)
    setImmediate(() => this.#accept(wire, host))
    return wire
  }

  forget(wire: Wire): void {
    this.#open.delete(wire)
  }

  tearDown(): void {
    for (const wire of this.#open) wire.destroy()
  }

  async #accept(wire: Wire, host: string): Promise<void> {
    if (wire.isDestroyed) return
    this.#open.add(wire)
    wire.open()
    if (host === 'silent') return
    this.received++
    for (let i = 0; i < GREETING; i++) await undefined
    if (wire.isDestroyed) return
    if (host === 'refuse') wire.emit('refused', new Refusal('refused'))
    else wire.greet()
  }
}

/** The near end: emits `open`, `greeting` or `refused`, `answer`, `drain`, `capacity`, `close`. */
export class Wire extends EventEmitter {
  isOpen = false
  isGreeted = false
  isDestroyed = false
  endedByPeer = false
  readonly #server: MemoryServer
  readonly #port: MessagePort

  constructor(server: MemoryServer) {
    super()
    this.#server = server
    const { port1 } = new MessageChannel()
    this.#port = port1
    this.ref()
  }

  ref(): void {
    if (!this.isDestroyed) this.#port.ref()
  }

  unref(): void {
    if (!this.isDestroyed) this.#port.unref()
  }

  open(): void {
    this.isOpen = true
    this.emit('open')
  }

  greet(): void {
    this.isGreeted = true
    this.emit('greeting')
  }

  send(question: string): void {
    if (!this.isGreeted || this.isDestroyed) throw new Error('the wire is not open')
    this.#server.received++
    setImmediate(() => this.emit('answer', question))
  }

  destroy(): void {
    if (this.isDestroyed) return
    this.isDestroyed = true
    this.#server.forget(this)
    this.#port.close()
    setImmediate(() => this.emit('close'))
  }

  /** The far side ends it. */
  kill(): void {
    this.endedByPeer = true
    this.destroy()
  }
}
