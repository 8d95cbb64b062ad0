import { type Client, Connection } from 'pg'
import { internalsOf } from './client-internals.ts'

/**
 * Runs statements that are given up when `signal` aborts: the server is asked to cancel what the
 * session is doing, and the session stays fit for use. Rejects with the signal's own reason then.
 *
 * It does not settle before the server has taken the request. A request that came later would hit
 * whoever has the session next.
 */
export async function abortable<T>(
  client: Client,
  signal: AbortSignal,
  run: () => PromiseLike<T>,
): Promise<T> {
  signal.throwIfAborted()
  let canceling: Promise<void> | undefined
  const onAbort = (): void => {
    // What cannot be cancelled has to end with its session.
    canceling = cancel(client).catch((error) => {
      internalsOf(client).connection.stream.destroy(error)
    })
  }
  signal.addEventListener('abort', onAbort)
  try {
    return await run()
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener('abort', onAbort)
    await canceling
  }
}

/** The methods of pg's `Connection` that its types leave out. */
interface CancelConnection extends Connection {
  readonly stream: Connection['stream'] & { setTimeout(ms: number, then: () => void): unknown }
  connect(port: number, host: string): void
  connect(path: string): void
  requestSsl(): void
  cancel(processID: number, secretKey: number): void
}

const CANCEL_TIMEOUT_MS = 5_000

/**
 * Asks the server, on a connection made for that alone, to cancel what a session is doing. The
 * server answers by closing that connection, after it has passed the request on.
 */
export function cancel(client: Client): Promise<void> {
  const { host, port, ssl, processID, secretKey } = internalsOf(client)
  const connection = new Connection({ ssl: ssl as boolean }) as CancelConnection
  const ask = (): void => connection.cancel(processID, secretKey)
  return new Promise((resolve, reject) => {
    connection.once('connect', () => (ssl ? connection.requestSsl() : ask()))
    connection.once('sslconnect', ask)
    connection.on('error', reject).once('end', resolve)
    const giveUp = (): void => {
      connection.stream.destroy(new Error('the server does not answer a request to cancel'))
    }
    connection.stream.setTimeout(CANCEL_TIMEOUT_MS, giveUp)
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`)
    else connection.connect(port, host)
  })
}
