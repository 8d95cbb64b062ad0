import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Listening, startOrigin } from './origin.ts'

export interface HeldOrigin extends Listening {
  /** The next request that arrives; the test answers it when it likes. */
  request(): Promise<{ req: IncomingMessage; res: ServerResponse }>
}

/** A server that answers nothing by itself. */
export async function startHeldOrigin(): Promise<HeldOrigin> {
  const origin = await startOrigin(() => {})
  const request = async () => {
    const [req, res] = await once(origin.server, 'request')
    return { req, res }
  }
  return { ...origin, request }
}
