import type { Adapter, Link } from '../../src/index.ts'
import type { Backend } from '../../src/testing/index.ts'
import { MemoryServer, type Wire } from './memory-server.ts'

export interface MemoryTarget {
  readonly server: MemoryServer
  readonly host: 'ok' | 'refuse' | 'silent'
  readonly user: string
}

/** A connection that asks one question at a time. */
export class MemoryConn {
  readonly wire: Wire
  isDead = false
  asked = 0
  #waiting: { resolve: () => void; reject: (error: Error) => void } | undefined

  constructor(wire: Wire) {
    this.wire = wire
    this.listen()
    wire.on('close', () => {
      this.isDead = true
      this.#waiting?.reject(new Error('the wire was closed'))
    })
  }

  ask(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.asked++
      this.#waiting = { resolve, reject }
      this.wire.send('how are you?')
    })
  }

  get isWaiting(): boolean {
    return this.#waiting !== undefined
  }

  /** As a client does that forgets who waits. */
  forgetWaiting(): void {
    this.#waiting = undefined
  }

  listen(): void {
    this.wire.on('answer', this.#onAnswer)
  }

  ignore(): void {
    this.wire.off('answer', this.#onAnswer)
  }

  readonly #onAnswer = (): void => {
    this.#waiting?.resolve()
    this.#waiting = undefined
  }
}

export type MemoryAdapter = Required<Adapter<MemoryTarget, MemoryConn>>

/** Keeps every law. */
export const memoryAdapter: MemoryAdapter = {
  key: ({ host, user }) => `${user}@${host}`,
  dial(target, link) {
    return new Promise((resolve, reject) => {
      if (link.signal.aborted) return reject(link.signal.reason)
      const wire = target.server.connect(target.host)
      const end = (error?: unknown): void => {
        link.signal.removeEventListener('abort', onAbort)
        if (error !== undefined || link.signal.aborted) wire.destroy()
      }
      const fail = (error: unknown): void => {
        end(error)
        reject(error)
      }
      const onAbort = (): void => fail(link.signal.reason)
      link.signal.addEventListener('abort', onAbort)
      wire.once('refused', fail)
      wire.once('close', () => fail(new Error('closed')))
      wire.once('greeting', () => {
        end()
        resolve(connOn(wire, link))
      })
    })
  },
  close(conn) {
    conn.wire.destroy()
  },
  isBroken: (conn) => conn.isDead,
  onIdle(conn) {
    conn.wire.unref()
  },
  onLease(conn) {
    conn.wire.ref()
  },
  expectedCapacity: () => 1,
}

export function connOn(wire: Wire, link: Link): MemoryConn {
  const conn = new MemoryConn(wire)
  wire.on('close', () => link.closed())
  wire.on('drain', () => link.drain())
  wire.on('capacity', (capacity: number) => link.setCapacity(capacity))
  return conn
}

export function memoryBackend(): Backend<MemoryTarget, MemoryConn> {
  const server = new MemoryServer()
  const target: MemoryTarget = { server, host: 'ok', user: 'me' }
  return {
    target,
    otherTargets: [{ ...target, user: 'you' }],
    refusingTarget: { ...target, host: 'refuse' },
    refusedWith: 'EREFUSED',
    silentTarget: { ...target, host: 'silent' },
    openConnections: () => server.openConnections,
    use: (conn) => conn.ask(),
    kill: (conn) => conn.wire.kill(),
    drain: (conn) => conn.wire.emit('drain'),
    setCapacity: (conn, capacity) => conn.wire.emit('capacity', capacity),
    received: () => server.received,
    tearDown: () => server.tearDown(),
  }
}
