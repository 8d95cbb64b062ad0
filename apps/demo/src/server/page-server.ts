import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import sirv from 'sirv'
import { inWords } from '../in-words.ts'
import type { Command, CommandReply } from '../protocol.ts'
import { Refusal } from '../show/refusal.ts'
import type { EventStream } from './event-stream.ts'
import { readBody } from './read-body.ts'
import { readCommand } from './read-command.ts'
import { isSameOrigin } from './same-origin.ts'

/** All is ours and from here. Charts set styles. */
const headers = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

export interface PageServerOptions {
  /** Where the built page is. */
  readonly folder: string
  readonly events: EventStream
  /** Rejects with a `Refusal` for what makes no sense, or not now. */
  readonly onCommand: (command: Command) => Promise<void>
}

/** Serves the page, the stream of events and the commands; to this machine only. */
export class PageServer {
  readonly #server: Server
  readonly #options: PageServerOptions
  readonly #files: ReturnType<typeof sirv>

  constructor(options: PageServerOptions) {
    this.#options = options
    this.#files = sirv(options.folder, { etag: true, setHeaders: (res) => setHeaders(res) })
    this.#server = createServer((req, res) => this.#serve(req, res))
  }

  /** Resolves with the port; rejects with the system's error, as when it is in use. */
  async listen(port: number): Promise<number> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#options.events.close()
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #serve(req: IncomingMessage, res: ServerResponse): void {
    if (!isSameOrigin(req)) {
      res.writeHead(403).end('This server is for its own page.\n')
      return
    }
    const { pathname } = new URL(req.url ?? '/', 'http://localhost')
    if (pathname === '/api/command') void this.#command(req, res)
    else if (pathname === '/api/stream') this.#stream(req, res)
    else this.#files(req, res, () => void res.writeHead(404).end('There is nothing here.\n'))
  }

  #stream(req: IncomingMessage, res: ServerResponse): void {
    if (req.method === 'GET') this.#options.events.open(req, res)
    else res.writeHead(405, { allow: 'GET' }).end()
  }

  async #command(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.method !== 'POST') {
      res.writeHead(405, { allow: 'POST' }).end()
      return
    }
    try {
      checkType(req)
      await this.#options.onCommand(readCommand(await readBody(req)))
      reply(res, 200, { ok: true })
    } catch (error) {
      const { status, field } = error instanceof Refusal ? error : { status: 500 }
      reply(res, status, { ok: false, error: inWords(error), ...(field && { field }) })
    }
  }
}

/** A form of another page can send other types without asking; not this one. */
function checkType({ headers }: IncomingMessage): void {
  if (headers['content-type']?.split(';')[0]?.trim() === 'application/json') return
  throw new Refusal(400, 'A command is sent as application/json.')
}

function reply(res: ServerResponse, status: number, body: CommandReply): void {
  res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  res.end(JSON.stringify(body))
}

function setHeaders(res: ServerResponse): void {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
}
