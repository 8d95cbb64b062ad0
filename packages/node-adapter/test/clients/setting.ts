import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { onTestFinished } from 'vitest'
import { HttpAgent, type HttpAgentOptions, HttpsAgent } from '../../src/agent/index.ts'
import { startHttpsOrigin } from '../support/https-origin.ts'
import { startOrigin } from '../support/origin.ts'
import { certificate } from '../support/tls-origin.ts'
import type { Agents } from './client.ts'

export type Scheme = 'http' | 'https'

export async function newAgents(options: HttpAgentOptions = {}): Promise<Agents> {
  const agents = {
    http: new HttpAgent(options),
    https: new HttpsAgent({ ...options, ca: (await certificate()).cert }),
  }
  onTestFinished(() => {
    agents.http.destroy()
    agents.https.destroy()
  })
  return agents
}

export interface Asked {
  readonly url: string
  answer(body: string): void
  /** Closes the connection instead. */
  hangUp(): void
}

export interface HeldOrigin {
  readonly url: string
  /** What has been asked and not been looked at. */
  readonly waiting: readonly Asked[]
  next(): Promise<Asked>
  /** The server's ends of its connections. */
  readonly sockets: ReadonlySet<Socket>
}

/** A server that answers when the test does. */
export async function heldOrigin(scheme: Scheme): Promise<HeldOrigin> {
  const waiting: Asked[] = []
  const start = scheme === 'http' ? startOrigin : startHttpsOrigin
  const origin = await start((req, res) => {
    req.resume()
    waiting.push({
      url: req.url as string,
      answer: (body) => void res.setHeader('content-type', 'text/plain').end(body),
      hangUp: () => void req.socket.destroy(),
    })
  })
  const next = async (): Promise<Asked> => {
    await until(() => waiting.length > 0)
    return waiting.shift() as Asked
  }
  return { url: `${scheme}://localhost:${origin.port}`, next, waiting, sockets: origin.sockets }
}

export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000
  while (!condition()) {
    if (Date.now() > end) throw new Error(`it never came to ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

export interface Gate {
  open(): void
  fail(error: Error): void
}

/** From here on, the dials of an agent wait for the test. */
export function gateDials(agent: HttpAgent | HttpsAgent): Gate[] {
  const gates: Gate[] = []
  agent.createConnection = (options: object, callback: unknown) => {
    const bring = callback as (error: Error | null, socket?: Socket) => void
    gates.push({
      open() {
        const secure = agent instanceof HttpsAgent
        const socket: Socket = secure ? connectTls(options) : connect(options as { port: number })
        socket.once(secure ? 'secureConnect' : 'connect', () => bring(null, socket))
        socket.once('error', (error) => bring(error))
      },
      fail: (error) => bring(error),
    })
    return undefined
  }
  return gates
}
