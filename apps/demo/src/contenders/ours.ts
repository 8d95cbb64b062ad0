import { Http2Client } from '@wantconn/http2-adapter'
import { HttpAgent, HttpsAgent } from '@wantconn/node-adapter/agent'
import type { Clock, PoolStats, PoolTrace } from '@wantconn/pool-core'
import { type Contender, type ContenderSetup, limitOf } from './contender.ts'
import { nodeGet } from './node-get.ts'

/** Ours, which can also be looked into. */
export interface OurContender extends Contender {
  stats(): PoolStats
  /** Of HTTP/2. */
  sessions(): readonly SessionView[]
}

export interface SessionView {
  readonly id: number
  readonly state: 'open' | 'draining' | 'ended'
  readonly streams: number
  readonly capacity: number
}

export interface OurSetup extends ContenderSetup {
  readonly trace: PoolTrace<object>
  /** So that the trace's times are the pool's. */
  readonly clock: Clock
}

export function ours(setup: OurSetup): OurContender {
  return setup.levers.protocol === 'h2' ? ourClient(setup) : ourAgent(setup)
}

function ourAgent(setup: OurSetup): OurContender {
  const options = { ...poolOptions(setup), lookup: setup.lookup }
  const isSecure = setup.levers.protocol === 'https'
  const agent = isSecure
    ? new HttpsAgent({ ...options, ...(setup.ca && { ca: setup.ca }) })
    : new HttpAgent(options)
  return {
    info: { id: 'ours', name: isSecure ? 'wantconn HttpsAgent' : 'wantconn HttpAgent', note: '' },
    get open() {
      return agent.pool.stats().open
    },
    get: (url, signal) => nodeGet(url, agent, signal),
    close: () => agent.pool.destroy(),
    stats: () => agent.pool.stats(),
    sessions: () => [],
  }
}

function ourClient(setup: OurSetup): OurContender {
  const client = new Http2Client({
    ...poolOptions(setup),
    lookup: setup.lookup,
    pingIntervalMs: 1_000,
    pingTimeoutMs: 1_000,
    ...(setup.ca && { tls: { ca: setup.ca } }),
  })
  return {
    info: { id: 'ours', name: 'wantconn Http2Client', note: '' },
    get open() {
      return client.pool.stats().open
    },
    async get(url, signal) {
      const { stream } = await client.request(url, {}, { signal })
      for await (const _ of stream);
    },
    close: () => client.destroy(),
    stats: () => client.pool.stats(),
    sessions: () => client.stats().sessions,
  }
}

function poolOptions({ levers, idleMs, trace, clock }: OurSetup) {
  const { maxPerKey, maxTotal, maxWaiting } = levers
  return {
    maxPerKey: limitOf(maxPerKey),
    maxTotal: limitOf(maxTotal),
    maxWaiting: limitOf(maxWaiting),
    maxIdle: 1_024,
    idleTimeoutMs: idleMs,
    trace: trace as PoolTrace<never>,
    clock,
  }
}
