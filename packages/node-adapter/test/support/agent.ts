import {
  type Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsNodeAgent, request as httpsRequest, type RequestOptions } from 'node:https'
import type { Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import {
  HttpAgent,
  type HttpAgentOptions,
  HttpsAgent,
  type HttpsAgentOptions,
} from '../../src/agent/index.ts'
import { certificate } from './tls-origin.ts'

/** An agent that is destroyed when the test is over. */
export function newAgent(options?: HttpAgentOptions): HttpAgent {
  const agent = new HttpAgent(options)
  onTestFinished(() => agent.destroy())
  return agent
}

/** The same for `https:`; it trusts the certificate that the tests' servers have. */
export async function newHttpsAgent(options?: HttpsAgentOptions): Promise<HttpsAgent> {
  const agent = new HttpsAgent({ ca: (await certificate()).cert, ...options })
  onTestFinished(() => agent.destroy())
  return agent
}

export interface Reply {
  readonly res: IncomingMessage
  readonly body: string
  /** The connection that it came by. */
  readonly socket: Socket
}

export interface Sent {
  readonly req: ClientRequest
  /** The reply, read to its end; its connection has been given back by then. */
  readonly reply: Promise<Reply>
}

/** Sends a request to loopback, by the protocol of the agent. */
export function send(
  agent: Agent,
  port: number,
  options: RequestOptions & { body?: string } = {},
): Sent {
  const { body, ...given } = options
  const request = agent instanceof HttpsNodeAgent ? httpsRequest : httpRequest
  const req = request({ host: '127.0.0.1', port, agent, ...given })
  req.end(body)
  const reply = replyTo(req)
  // A test that expects a failure looks at it later.
  reply.catch(() => {})
  return { req, reply }
}

/** Sends a request and waits for its reply. */
export function get(agent: Agent, port: number, options?: RequestOptions): Promise<Reply> {
  return send(agent, port, options).reply
}

function replyTo(req: ClientRequest): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let res: IncomingMessage | undefined
    let body = ''
    let socket: Socket | undefined
    req.on('error', reject)
    req.on('response', (response) => {
      res = response
      socket = response.socket
      response.on('error', reject).setEncoding('utf8')
      response.on('data', (chunk) => (body += chunk))
    })
    // 'close' is emitted in the tick in which the socket is freed, just before that.
    req.on('close', () => {
      if (res === undefined) reject(new Error('closed without an error or a response'))
      else if (res.complete) process.nextTick(resolve, { res, body, socket })
      // Else the response's own error is about to come.
    })
  })
}

/** Resolves with the error that a request fails with; rejects if it does not fail. */
export async function errorOf(promise: Promise<unknown>): Promise<NodeJS.ErrnoException> {
  try {
    await promise
  } catch (error) {
    return error as NodeJS.ErrnoException
  }
  throw new Error('it did not fail')
}
