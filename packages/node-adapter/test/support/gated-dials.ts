import { connect, type Socket } from 'node:net'
import type { HttpAgent, HttpAgentOptions } from '../../src/agent/index.ts'
import { newAgent } from './agent.ts'

export interface GatedDial {
  /** Connects, and brings the socket once it is connected. */
  finish(): void
  fail(error: Error): void
}

/** An agent whose dials wait until the test finishes or fails them. */
export function newGatedAgent(options?: HttpAgentOptions): {
  agent: HttpAgent
  dials: GatedDial[]
} {
  const dials: GatedDial[] = []
  const agent = newAgent(options)
  agent.createConnection = (connectOptions, callback) => {
    const bring = callback as (error: Error | null, socket?: Socket) => void
    dials.push({
      finish() {
        const socket = connect(connectOptions as { port: number })
        socket.once('connect', () => bring(null, socket))
      },
      fail: (error) => bring(error),
    })
    return undefined
  }
  return { agent, dials }
}
