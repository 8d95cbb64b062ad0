import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import type { ProxyPlan } from './proxy-plan.ts'

/**
 * Has an HTTP proxy connect a socket through to `authority` (RFC 9110, section 9.3.6). On failure,
 * or when the signal aborts, the socket is destroyed.
 */
export function httpConnect(
  socket: Socket,
  proxy: ProxyPlan,
  authority: string,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', onAbort)
      asked.destroy()
      socket.destroy()
      reject(error)
    }
    const onAbort = (): void => fail(signal.reason)
    const asked = request({
      method: 'CONNECT',
      path: authority,
      headers: headersFor(proxy, authority),
      setHost: false,
      createConnection: () => socket,
    })
    signal.addEventListener('abort', onAbort)
    asked.on('error', fail)
    asked.once('connect', (response: IncomingMessage, _socket: unknown, head: Buffer) => {
      const { statusCode = 0 } = response
      if (statusCode < 200 || statusCode > 299) {
        fail(refused(response))
        return
      }
      signal.removeEventListener('abort', onAbort)
      // A server that speaks first may have been heard already.
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    asked.end()
  })
}

function headersFor(proxy: ProxyPlan, authority: string): Record<string, string> {
  const headers: Record<string, string> = {
    host: authority,
    connection: 'keep-alive',
    'proxy-connection': 'keep-alive',
  }
  if (proxy.username !== '' || proxy.password !== '') {
    const credentials = Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64')
    headers['proxy-authorization'] = `Basic ${credentials}`
  }
  for (const [name, value] of Object.entries(proxy.headers)) headers[name.toLowerCase()] = value
  return headers
}

/** Node's own code for it, as its agents with `proxyEnv` have it. */
function refused({ statusCode, statusMessage }: IncomingMessage): Error {
  const error = new Error(`the proxy answered CONNECT with ${statusCode} ${statusMessage}`)
  return Object.assign(error, { code: 'ERR_PROXY_TUNNEL', statusCode })
}
