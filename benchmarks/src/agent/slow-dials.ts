import type { Agent, ClientRequestArgs } from 'node:http'
import { connect, type Socket } from 'node:net'

/** From here on each dial of an agent takes as much longer as `delayMs` says of its number. */
export function slowDials(agent: Agent, delayMs: (dial: number) => number): void {
  let dials = 0
  agent.createConnection = (options: ClientRequestArgs, callback) => {
    const done = callback as (error: Error | null, socket?: Socket) => void
    setTimeout(() => {
      const socket = connect({ host: '127.0.0.1', port: Number(options.port), noDelay: true })
      socket.once('error', done)
      socket.once('connect', () => {
        socket.off('error', done)
        done(null, socket)
      })
    }, delayMs(dials++))
    return undefined
  }
}
