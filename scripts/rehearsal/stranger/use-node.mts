// What a strict project may write against the adapters.

import http from 'node:http'
import type { Socket } from 'node:net'
import { Http2Client, http2Adapter } from '@wantconn/http2-adapter'
import { netAdapter } from '@wantconn/node-adapter'
import { HttpAgent, HttpsAgent } from '@wantconn/node-adapter/agent'
import { PoolDispatcher } from '@wantconn/node-adapter/undici'
import { type Lease, Pool } from '@wantconn/pool-core'
import { adapterConformance, FakeAdapter } from '@wantconn/pool-core/testing'
import { request as ask, type Dispatcher, fetch, interceptors, RetryAgent } from 'undici'

const pool = new Pool(netAdapter({ connectTimeoutMs: 1_000 }), { maxTotal: 10 })
export const lease: Promise<Lease<Socket>> = pool.acquire({ host: 'localhost', port: 1 })

const agent: http.Agent = new HttpAgent({ maxSockets: 2, acquireTimeoutMs: 100 })
export const request: http.ClientRequest = http.get('http://localhost:1', { agent })
export const secure: HttpsAgent = new HttpsAgent()

const dispatcher: Dispatcher = new PoolDispatcher({ connections: 2, acquireTimeoutMs: 100 })
export const answers: Promise<unknown>[] = [
  fetch('http://localhost:1', { dispatcher }),
  ask('http://localhost:1', { dispatcher: new RetryAgent(dispatcher) }),
  ask('http://localhost:1', { dispatcher: dispatcher.compose(interceptors.retry()) }),
]

export const sessions = new Pool(http2Adapter({ pingIntervalMs: 1_000 }))
export async function status(): Promise<number> {
  await using client = new Http2Client({ maxPerKey: 1 })
  return (await client.request('https://localhost:1')).status
}

export const fake: FakeAdapter = new FakeAdapter()
export const laws: typeof adapterConformance = adapterConformance
