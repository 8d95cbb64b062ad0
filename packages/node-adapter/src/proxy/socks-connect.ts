import type { Socket } from 'node:net'
import type { SocksClientOptions } from 'socks'
import type { ProxyPlan } from './proxy-plan.ts'

/**
 * The library's own limit, which it needs in any case. Its timer is not cleared and holds the socket
 * until it has passed: so no longer than this.
 */
const longestMs = 10 * 60_000

/**
 * Has a SOCKS5 proxy connect a socket through to a host, whose name it looks up itself (RFC 1928).
 * On failure, or when the signal aborts, the socket is destroyed.
 */
export async function socksConnect(
  socket: Socket,
  proxy: ProxyPlan,
  destination: { readonly host: string; readonly port: number },
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  let broken: Error | undefined
  const onError = (error: Error): void => {
    broken = error
  }
  // The library notices a destroyed socket, and settles.
  const onAbort = (): unknown => socket.destroy()
  socket.on('error', onError)
  signal.addEventListener('abort', onAbort)
  try {
    // Loaded by those who have such a proxy.
    const { SocksClient } = await import('socks')
    signal.throwIfAborted()
    await SocksClient.createConnection(optionsFor(socket, proxy, destination, timeoutMs))
    await settled(socket)
    return socket
  } catch (error) {
    socket.destroy()
    throw signal.aborted ? signal.reason : (broken ?? refused(error as Error))
  } finally {
    socket.off('error', onError)
    signal.removeEventListener('abort', onAbort)
  }
}

function optionsFor(
  socket: Socket,
  { host, port, username, password }: ProxyPlan,
  destination: { readonly host: string; readonly port: number },
  timeoutMs: number,
): SocksClientOptions {
  return {
    proxy: { host, port, type: 5, ...((username || password) && { userId: username, password }) },
    command: 'connect',
    destination: { host: destination.host, port: destination.port },
    existing_socket: socket,
    // After ours, which tells more.
    timeout: Math.min(timeoutMs + 1_000, longestMs),
  }
}

/**
 * The library lets the socket flow in its next tick, and emits what the server has said by then:
 * that is put back, and the socket is as if it were new.
 */
async function settled(socket: Socket): Promise<void> {
  const early: Buffer[] = []
  const onData = (data: Buffer): unknown => early.push(data)
  socket.on('data', onData)
  await new Promise((resolve) => setImmediate(resolve))
  socket.off('data', onData)
  ;(socket as Socket & { readableFlowing: boolean | null }).readableFlowing = null
  if (early.length > 0) socket.unshift(Buffer.concat(early))
}

// Not the library's error, as that has the password in it, for every log to show.
function refused({ message }: Error): Error {
  return Object.assign(new Error(`SOCKS5: ${message}`), { code: 'ERR_PROXY_TUNNEL' })
}
