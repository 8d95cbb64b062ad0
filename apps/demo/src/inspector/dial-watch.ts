import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { LookupWatch } from '../traffic/demo-lookup.ts'
import { hostOf } from './key-names.ts'
import type { PoolRecorder } from './pool-recorder.ts'

/**
 * Sees from outside what a dial is doing, as a pool's trace does not tell: a name was answered, and so
 * it connects; a socket has connected, and so it shakes hands, if the key is one of TLS.
 */
export class DialWatch implements LookupWatch {
  readonly #recorder: PoolRecorder

  constructor(recorder: PoolRecorder) {
    this.#recorder = recorder
  }

  start(): this {
    subscribe('net.client.socket', this.#onSocket)
    return this
  }

  stop(): void {
    unsubscribe('net.client.socket', this.#onSocket)
  }

  asked(): void {}

  answered(host: string): void {
    this.#recorder.advance((key) => hostOf(key) === host, 'lookup', 'connect')
  }

  readonly #onSocket = (message: unknown): void => {
    const { socket } = message as { socket: Socket }
    socket.once('connect', () => this.#connected(`:${socket.remotePort}`))
  }

  #connected(port: string): void {
    const isOf = (key: string): boolean =>
      key.startsWith('tls ') && key.split(' ')[1]?.endsWith(port) === true
    this.#recorder.advance(isOf, 'connect', 'handshake')
  }
}
