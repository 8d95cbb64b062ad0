// One process of the fleet: sends bursts of requests, and tells how long each took.

import { once } from 'node:events'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Http2Client } from '@wantconn/http2-adapter'
import { HttpAgent } from '@wantconn/node-adapter/agent'

/** What a member is told to do. */
export interface Orders {
  /** `http1`: straight to the origin. `http2`: one session to whoever listens there. */
  readonly protocol: 'http1' | 'http2'
  readonly port: number
  readonly maxPerProcess: number
  readonly bursts: number
  readonly burstSize: number
  readonly everyMs: number
}

/** What came of it. */
export interface Outcome {
  readonly tookMs: readonly number[]
  readonly failed: number
  /** Connections that it has dialed. */
  readonly dials: number
}

interface Sender {
  /** Resolves to the status of the response, which has been read to its end. */
  send(): Promise<number>
  dials(): number
  end(): void | Promise<void>
}

function overHttp1({ port, maxPerProcess }: Orders): Sender {
  const agent = new HttpAgent({ maxSockets: maxPerProcess })
  return {
    send: () =>
      new Promise((resolve, reject) => {
        http
          .get({ host: '127.0.0.1', port, agent }, (res) => {
            res.resume().once('end', () => resolve(res.statusCode ?? 0))
          })
          .once('error', reject)
      }),
    dials: () => agent.pool.stats().totals.dials,
    end: () => agent.destroy(),
  }
}

function overHttp2({ port }: Orders): Sender {
  const client = new Http2Client({ maxPerKey: 1, acquireTimeoutMs: 10_000 })
  return {
    async send() {
      const { status, stream } = await client.request(`http://127.0.0.1:${port}/`)
      await stream.resume().toArray()
      return status
    },
    dials: () => client.stats().totals.dials,
    end: () => client.close(),
  }
}

async function run(orders: Orders): Promise<Outcome> {
  const sender = orders.protocol === 'http1' ? overHttp1(orders) : overHttp2(orders)
  const tookMs: number[] = []
  let failed = 0
  const sendOne = async (): Promise<void> => {
    const started = performance.now()
    const status = await sender.send().catch(() => 0)
    if (status === 200) tookMs.push(performance.now() - started)
    else failed++
  }
  const sent: Promise<void>[] = []
  // Members do not begin together: their bursts meet, but not always.
  await sleep(Math.random() * orders.everyMs)
  for (let burst = 0; burst < orders.bursts; burst++) {
    for (let i = 0; i < orders.burstSize; i++) sent.push(sendOne())
    await sleep(orders.everyMs)
  }
  await Promise.all(sent)
  const dials = sender.dials()
  await sender.end()
  return { tookMs, failed, dials }
}

const [orders] = (await once(process, 'message')) as [Orders]
const outcome = await run(orders)
process.send?.(outcome, () => process.disconnect())
