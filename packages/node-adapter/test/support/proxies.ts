import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, type Server, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { createServer as createSocksServer } from '@pondwader/socks5-server'
import { createProxy } from 'proxy'
import { type Listening, listen, startTcp } from './origin.ts'
import { certificate } from './tls-origin.ts'

export interface HttpProxy extends Listening {
  /** What it was asked, oldest first: `host:port`, and the credentials. */
  readonly asked: { readonly authority: string; readonly auth: string | undefined }[]
}

/** An HTTP proxy on loopback, gone when the test is over; `auth`: what it insists on, as `user:password`. */
export async function startHttpProxy(
  options: { readonly tls?: boolean; readonly auth?: string } = {},
): Promise<HttpProxy> {
  const server = options.tls ? createHttpsServer(await certificate()) : createHttpServer()
  const proxy = createProxy(server as ReturnType<typeof createHttpServer>)
  const asked: HttpProxy['asked'] = []
  proxy.authenticate = (req: IncomingMessage) => {
    const header = req.headers['proxy-authorization']
    const auth = header && Buffer.from(header.replace('Basic ', ''), 'base64').toString()
    asked.push({ authority: req.url as string, auth })
    return options.auth === undefined || auth === options.auth
  }
  return { ...(await listen(proxy as Server, 0)), asked }
}

export interface SocksProxy extends Listening {
  readonly asked: string[]
}

/** A SOCKS5 proxy on loopback, gone when the test is over. */
export async function startSocksProxy(auth?: {
  readonly username: string
  readonly password: string
}): Promise<SocksProxy> {
  const asked: string[] = []
  const socks = createSocksServer(auth && { auth: { ...auth } })
  socks.setRulesetValidator((connection) => {
    asked.push(`${connection.destAddress}:${connection.destPort}`)
    return true
  })
  return { ...(await startTcp((socket) => void socks._handleConnection(socket))), asked }
}

/**
 * A proxy that lets go of the origin as soon as its client is gone. That of the package `proxy` does
 * not while it has bytes for the client, such as the tickets of a TLS origin.
 */
export function startTunnel(server: Server): Promise<Listening> {
  server.on('connect', ({ url = '' }: IncomingMessage, client: Socket) => {
    const [name = '', port] = url.split(':')
    const origin = connect({ host: name, port: Number(port) }, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
    })
    pipeline(client, origin, client, () => {})
  })
  return listen(server, 0)
}
