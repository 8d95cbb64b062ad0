import http, { type Agent, type AgentOptions, type ClientRequest } from 'node:http'
import https from 'node:https'
import { onTestFinished } from 'vitest'
import { HttpAgent, HttpsAgent } from '../../src/agent/index.ts'
import { get, type Reply, type Sent, send } from '../support/agent.ts'
import { startHttpsOrigin } from '../support/https-origin.ts'
import { type Answer, type Listening, startOrigin } from '../support/origin.ts'
import { certificate } from '../support/tls-origin.ts'

export type Scheme = 'http' | 'https'
export type Make = 'node' | 'ours'

const classes = {
  http: { node: http.Agent, ours: HttpAgent },
  https: { node: https.Agent, ours: HttpsAgent },
}

/** What a case runs with: all of it speaks one scheme, and its agents are of one make. */
export class Kit {
  readonly scheme: Scheme
  readonly make: Make

  constructor(scheme: Scheme, make: Make) {
    this.scheme = scheme
    this.make = make
  }

  /** With `keepAlive`, which Node's does not have by itself. */
  async agent(options: AgentOptions = {}): Promise<Agent> {
    const agent = new classes[this.scheme][this.make]({
      keepAlive: true,
      ...(this.scheme === 'https' && { ca: (await certificate()).cert }),
      ...options,
    } as AgentOptions) as Agent
    onTestFinished(() => agent.destroy())
    return agent
  }

  /** As it comes without a word. */
  plainAgent(): Agent {
    return new classes[this.scheme][this.make]()
  }

  origin(answer: Answer = (_, res) => res.end('ok')): Promise<Listening> {
    return this.scheme === 'http' ? startOrigin(answer) : startHttpsOrigin(answer)
  }

  /** A server whose answers are given by hand, in the order of `held`. */
  async heldOrigin(): Promise<Listening & { readonly held: Held[]; next(): Promise<Held> }> {
    const held: Held[] = []
    let seen = 0
    const origin = await this.origin((req, res) => held.push({ req, res }))
    const next = async (): Promise<Held> => {
      await until(() => held.length > seen)
      return held[seen++] as Held
    }
    return { ...origin, held, next }
  }

  get(agent: Agent, port: number, options?: Parameters<typeof send>[2]): Promise<Reply> {
    return get(agent, port, options)
  }

  send(agent: Agent, port: number, options?: Parameters<typeof send>[2]): Sent {
    return send(agent, port, options)
  }

  /** One that is all the caller's: no listener is on it. */
  request(agent: Agent, port: number, options: object = {}): ClientRequest {
    const { request } = this.scheme === 'http' ? http : https
    return request({ host: '127.0.0.1', port, agent, ...options })
  }
}

export interface Held {
  readonly req: http.IncomingMessage
  readonly res: http.ServerResponse
}

/** How long a thing may take to happen, where one make does it at once and the other does not at all. */
const patienceMs = 500

/** What a promise comes to, or that it did not. */
export async function soon<T>(promise: Promise<T>): Promise<T | string> {
  let timer: NodeJS.Timeout | undefined
  const never = new Promise<string>((resolve) => {
    timer = setTimeout(async () => {
      await severalTurns()
      resolve('nothing yet')
    }, patienceMs)
  })
  try {
    return await Promise.race([promise, never])
  } finally {
    clearTimeout(timer)
  }
}

/** After a stall, timers are the first to be heard, and what has come by the network is not. */
async function severalTurns(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** Resolves when a condition holds; rejects when it does not in ten seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000
  while (!condition()) {
    if (Date.now() > end) throw new Error(`it never came to ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** What an error is to those who look at it. */
export function shape(error: unknown): object {
  const { name, code, message, syscall, errors, reason, host, hostname } = error as Record<
    string,
    unknown
  >
  const inside = Array.isArray(errors) ? { errors: errors.map(({ code: each }) => each) } : {}
  const said = Array.isArray(errors) ? {} : { message: String(message).replaceAll(/\d{4,5}/g, 'N') }
  return { name, code, syscall, reason, host, hostname, ...said, ...inside }
}
