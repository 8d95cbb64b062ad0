// What a strict project may write against the core, in a page or anywhere.

import { type Adapter, isPoolError, type Lease, Pool, type PoolTrace } from '@wantconn/pool-core'

interface Line {
  ask(question: string): Promise<string>
}

const adapter: Adapter<{ name: string }, Line> = {
  key: ({ name }) => name,
  dial: async ({ name }, link) => {
    link.signal.throwIfAborted()
    return { ask: async (question) => `${name}: ${question}` }
  },
  close: () => {},
}

const trace: PoolTrace<Line> = { gotConn: ({ reused }) => void reused }
const pool = new Pool(adapter, { maxPerKey: 2, idleTimeoutMs: 1_000, trace })

export async function ask(signal: AbortSignal): Promise<string> {
  try {
    return await pool.use({ name: 'a' }, (line) => line.ask('well?'), { signal })
  } catch (error) {
    if (isPoolError(error, 'ERR_POOL_WANT_TIMEOUT')) return error.code
    throw error
  }
}

export const lease: Lease<Line> | undefined = pool.tryAcquire({ name: 'a' })
export const waiting: number = pool.stats().waiting

// @ts-expect-error there is no such option
new Pool(adapter, { maxPerHost: 2 })

// @ts-expect-error a target has a name
void pool.acquire({})
