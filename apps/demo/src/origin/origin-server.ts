import { createServer, type Server as HttpServer } from 'node:http'
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2'
import { createServer as createTlsServer, type Server as HttpsServer } from 'node:https'
import type { OriginSettings } from './origin-message.ts'

/** An HTTP server of one of the three kinds, whose every answer takes as long as it is told. */
export class OriginServer {
  readonly server: HttpServer | HttpsServer | Http2SecureServer
  readonly #sessions = new Set<ServerHttp2Session>()
  #workMs: number

  constructor(settings: OriginSettings) {
    this.#workMs = settings.workMs
    this.server = this.#create(settings)
  }

  set workMs(ms: number) {
    this.#workMs = ms
  }

  /** Of sessions that are open, too; those of other protocols have no streams. */
  set maxStreams(count: number) {
    if (!('updateSettings' in this.server)) return
    this.server.updateSettings({ maxConcurrentStreams: count })
    for (const session of this.#sessions) session.settings({ maxConcurrentStreams: count })
  }

  /** Every session is asked to end; it finishes the streams that it has begun. */
  goaway(): void {
    for (const session of this.#sessions) session.close()
  }

  #create({ protocol, certificate, maxStreams }: OriginSettings): OriginServer['server'] {
    if (protocol === 'http/1.1') return keptAlive(createServer((_, res) => this.#answer(res)))
    if (protocol === 'https') {
      return keptAlive(createTlsServer({ ...certificate }, (_, res) => this.#answer(res)))
    }
    const settings = { maxConcurrentStreams: maxStreams ?? 100 }
    // Who speaks HTTP/1.1 only is served, too.
    const server = createSecureServer({ ...certificate, allowHTTP1: true, settings })
    server.on('request', (_, res) => this.#answer(res))
    server.on('session', (session) => this.#follow(session))
    return server
  }

  #answer(res: { end(body: string): unknown }): void {
    setTimeout(() => res.end('served\n'), this.#workMs)
  }

  #follow(session: ServerHttp2Session): void {
    this.#sessions.add(session)
    session.on('error', () => {}).on('close', () => this.#sessions.delete(session))
  }
}

/** Longer than any client here keeps an idle connection, however slow the machine. */
function keptAlive<S extends HttpServer | HttpsServer>(server: S): S {
  server.keepAliveTimeout = 60_000
  return server
}
