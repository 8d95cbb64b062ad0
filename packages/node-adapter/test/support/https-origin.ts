import { createServer, type ServerOptions } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { type Answer, type Listening, listen } from './origin.ts'
import { type Certificate, certificate } from './tls-origin.ts'

export interface HttpsOrigin extends Listening, Certificate {
  /** How each handshake went, oldest first. */
  readonly handshakes: { readonly resumed: boolean; readonly servername: string | false }[]
}

/** An HTTPS server on a port of loopback or on a path, gone when the test is over. */
export async function startHttpsOrigin(
  answer: Answer,
  options: ServerOptions = {},
  at: number | string = 0,
): Promise<HttpsOrigin> {
  const pair = await certificate()
  const handshakes: HttpsOrigin['handshakes'] = []
  const server = createServer({ ...pair, ...options }, answer)
  server.keepAliveTimeout = 0
  server.on('secureConnection', (socket: TLSSocket & { servername: string | false }) => {
    handshakes.push({ resumed: socket.isSessionReused(), servername: socket.servername })
  })
  server.on('tlsClientError', () => {})
  return { ...pair, ...(await listen(server, at)), handshakes }
}
