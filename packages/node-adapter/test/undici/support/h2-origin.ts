import {
  createSecureServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Server } from 'node:net'
import { type Listening, listen } from '../../support/origin.ts'
import { certificate } from '../../support/tls-origin.ts'

export interface H2Origin extends Listening {
  readonly url: string
  readonly ca: string
  /** All that there have been, oldest first. */
  readonly sessions: ServerHttp2Session[]
}

type Answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void

/** A server that speaks HTTP/2, and nothing else unless told to, gone when the test is over. */
export async function startH2Origin(
  answer: Answer,
  options: SecureServerOptions = {},
): Promise<H2Origin> {
  const { cert, key } = await certificate()
  const server = createSecureServer({ cert, key, ...options })
  const sessions: ServerHttp2Session[] = []
  server.on('session', (session) => {
    sessions.push(session)
    session.on('error', () => {})
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    answer(stream, headers)
  })
  const listening = await listen(server as unknown as Server, 0)
  return { ...listening, url: `https://127.0.0.1:${listening.port}`, ca: cert, sessions }
}

/** Answers with this text. */
export function reply(stream: ServerHttp2Stream, text = 'ok'): void {
  stream.respond({ ':status': 200, 'content-type': 'text/plain' })
  stream.end(text)
}
