import { defaultLevers, type LeverName, type LeverValues } from './levers.ts'
import type { ContenderId, Fault } from './protocol.ts'

export type { LeverName, LeverValues } from './levers.ts'

export type ScenarioId =
  | 'burst'
  | 'steady'
  | 'slow-dial'
  | 'jitter'
  | 'handshakes'
  | 'streams'
  | 'neighbours'
  | 'full-line'
  | 'crowd'
  | 'your-server'

/** Something to watch. Pure data: the page server runs it, the page shows it. */
export interface Scenario {
  readonly id: ScenarioId
  readonly title: string
  /** One sentence that says what to look at. */
  readonly caption: string
  /** What differs from the defaults. */
  readonly set: Partial<LeverValues>
  /** The levers that make sense here, in this order. */
  readonly levers: readonly LeverName[]
  readonly faults: readonly Fault[]
  readonly contenders: readonly ContenderId[]
  /** About ten lines that do the same with our packages. */
  readonly code: string
}

const all: readonly ContenderId[] = ['agent', 'undici', 'ours']
const faults: readonly Fault[] = ['reset', 'drop', 'stop', 'fill']
const ofHttp2: readonly Fault[] = ['reset', 'goaway', 'drop', 'stop', 'fill']
const usual: readonly LeverName[] = [
  'shape',
  'perSecond',
  'dialDelayMs',
  'workMs',
  'protocol',
  'maxPerKey',
]

export const scenarios: readonly Scenario[] = [
  {
    id: 'burst',
    title: 'Growing bursts',
    caption:
      'Each burst needs a few connections more than the last one left: watch wants leave the line with a connection that was given back, long before their own dial is done.',
    set: {},
    levers: usual,
    faults,
    contenders: all,
    code: `import http from 'node:http'
import { HttpAgent } from '@wantconn/node-adapter/agent'

const url = 'http://localhost:3000/'
const agent = new HttpAgent()

for (let size = 5; size <= 40; size += 5) {
  for (let i = 0; i < size; i++) {
    http.get(url, { agent }, (res) => res.resume())
  }
  await new Promise((resolve) => setTimeout(resolve, 400))
}`,
  },
  {
    id: 'steady',
    title: 'Steady traffic',
    caption:
      'A few warm connections serve everybody, and the warmest is always taken first: watch the others cool down and be closed.',
    set: { shape: 'steady', perSecond: 60, workMs: 50 },
    levers: usual,
    faults,
    contenders: all,
    code: `import http from 'node:http'
import { HttpAgent } from '@wantconn/node-adapter/agent'

const url = 'http://localhost:3000/'
const agent = new HttpAgent({ idleTimeoutMs: 1_500 })

setInterval(() => {
  http.get(url, { agent }, (res) => res.resume())
}, 1_000 / 60)

setInterval(() => console.log(agent.pool.stats()), 1_000)`,
  },
  {
    id: 'slow-dial',
    title: 'One slow dial',
    caption:
      'One dial in each round takes two seconds: elsewhere its request takes them too, here it leaves with whatever comes first and the late connection goes idle.',
    set: { shape: 'one-slow-dial', dialDelayMs: 50 },
    levers: usual,
    faults,
    contenders: all,
    code: `import http from 'node:http'
import { HttpAgent } from '@wantconn/node-adapter/agent'

const url = 'http://localhost:3000/'
const agent = new HttpAgent({
  trace: {
    gotConn: ({ waitedMs }) => console.log('waited', waitedMs),
    dialDone: ({ surplus }) => console.log('dialed', { surplus }),
  },
})

for (let i = 0; i < 20; i++) {
  http.get(url, { agent }, (res) => res.resume())
}`,
  },
  {
    id: 'jitter',
    title: 'Some slow dials',
    caption:
      'Of all dials 8 % take 300 ms and 2 % a whole second, as over a lossy network: look at the p99 of the three.',
    set: { shape: 'jitter', dialDelayMs: 20 },
    levers: usual,
    faults,
    contenders: all,
    code: `import { lookup } from 'node:dns'
import http from 'node:http'
import { HttpAgent } from '@wantconn/node-adapter/agent'

const url = 'http://localhost:3000/'
const delayMs = (n) => (n < 0.02 ? 1_000 : n < 0.1 ? 300 : 20)
const agent = new HttpAgent({
  lookup: (...args) => setTimeout(lookup, delayMs(Math.random()), ...args),
})

setInterval(() => {
  http.get(url, { agent }, (res) => res.resume())
}, 20)`,
  },
  {
    id: 'handshakes',
    title: 'TLS handshakes',
    caption:
      'Over TLS a dial has one more phase that takes time: watch dials go from connecting to the handshake while connections given back serve their wants.',
    set: { protocol: 'https', dialDelayMs: 100 },
    levers: usual,
    faults,
    contenders: all,
    code: `import https from 'node:https'
import { HttpsAgent } from '@wantconn/node-adapter/agent'

const url = 'https://localhost:3443/'
const agent = new HttpsAgent({ maxSockets: 50 })

for (let i = 0; i < 40; i++) {
  https.get(url, { agent }, (res) => res.resume())
}

setInterval(() => {
  const { got, reused } = agent.pool.stats().totals
  console.log(\`\${reused} of \${got} used a connection again\`)
}, 1_000)`,
  },
  {
    id: 'streams',
    title: 'HTTP/2 streams',
    caption:
      'A cold burst dials no more sessions than its streams need: lower the streams of a session, or send GOAWAY, and watch new sessions take over without an error.',
    set: { protocol: 'h2', maxStreams: 10, workMs: 50 },
    levers: ['shape', 'perSecond', 'dialDelayMs', 'workMs', 'maxStreams', 'maxPerKey'],
    faults: ofHttp2,
    contenders: all,
    code: `import { Http2Client } from '@wantconn/http2-adapter'

const client = new Http2Client({ pingIntervalMs: 1_000 })

async function get(path) {
  const url = new URL(path, 'https://localhost:3443')
  const { status, stream } = await client.request(url)
  return { status, body: (await stream.toArray()).join('') }
}

const paths = Array.from({ length: 40 }, (_, i) => \`/\${i}\`)
await Promise.all(paths.map(get))
console.log(client.stats().sessions)`,
  },
  {
    id: 'neighbours',
    title: 'Neighbours',
    caption:
      'Four hosts share twelve connections: watch the coldest idle connection of one lane be closed to make room in another, and nobody starve.',
    set: { shape: 'steady', perSecond: 80, workMs: 60, dialDelayMs: 30, hosts: 4, maxTotal: 12 },
    levers: ['shape', 'perSecond', 'dialDelayMs', 'workMs', 'hosts', 'maxTotal'],
    faults,
    contenders: all,
    code: `import http from 'node:http'
import { HttpAgent } from '@wantconn/node-adapter/agent'

const agent = new HttpAgent({ maxTotalSockets: 12 })
const ports = [3001, 3002, 3003, 3004]

let next = 0
setInterval(() => {
  const port = ports[next++ % ports.length]
  http.get({ port, agent }, (res) => res.resume())
}, 1_000 / 80)`,
  },
  {
    id: 'full-line',
    title: 'A full line',
    caption:
      'Six connections and a line of thirty: what comes beyond that is refused at once and nobody waits for nothing, while the others let their lines grow.',
    set: { maxPerKey: 6, maxWaiting: 30, workMs: 40, dialDelayMs: 50 },
    levers: ['shape', 'perSecond', 'dialDelayMs', 'workMs', 'maxPerKey', 'maxWaiting'],
    faults,
    contenders: all,
    code: `import http from 'node:http'
import { isPoolError } from '@wantconn/pool-core'
import { HttpAgent } from '@wantconn/node-adapter/agent'

const url = 'http://localhost:3000/'
const agent = new HttpAgent({ maxSockets: 6, maxWaiting: 30 })

for (let i = 0; i < 40; i++) {
  const req = http.get(url, { agent }, (res) => res.resume())
  req.on('error', (error) => {
    console.log(isPoolError(error, 'ERR_POOL_QUEUE_FULL'))
  })
}`,
  },
  {
    id: 'crowd',
    title: 'A crowd',
    caption:
      'Five hundred connections and two thousand events a second, ours alone: watch the pool keep its books while everything moves.',
    set: { shape: 'steady', perSecond: 650, workMs: 750, dialDelayMs: 100 },
    levers: ['perSecond', 'dialDelayMs', 'workMs', 'maxPerKey'],
    faults,
    contenders: ['ours'],
    code: `import http from 'node:http'
import { HttpAgent } from '@wantconn/node-adapter/agent'

const url = 'http://localhost:3000/'
const agent = new HttpAgent()

setInterval(() => {
  for (let i = 0; i < 65; i++) {
    http.get(url, { agent }, (res) => res.resume())
  }
}, 100)

setInterval(() => console.log(agent.pool.stats()), 1_000)`,
  },
  {
    id: 'your-server',
    title: 'Your server',
    caption:
      'A few requests a second to a server of your own, through the pool: see how it keeps its connections, and when it closes them.',
    // A guest there: one request after the other, and dials take the time that they take.
    set: { shape: 'steady', perSecond: 2, dialDelayMs: 0 },
    levers: [],
    faults: [],
    contenders: ['ours'],
    code: `import http from 'node:http'
import { HttpAgent } from '@wantconn/node-adapter/agent'

const agent = new HttpAgent({
  trace: {
    gotConn: ({ reused }) => console.log('got', { reused }),
    connClosed: ({ reason }) => console.log('closed:', reason),
  },
})

setInterval(() => {
  http.get(process.argv[2], { agent }, (res) => res.resume())
}, 500)`,
  },
]

export const firstScenario: ScenarioId = 'burst'

export function scenarioOf(id: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.id === id)
}

/** The values of all levers in a scenario that nobody has touched. */
export function leversOf(scenario: Scenario): LeverValues {
  return { ...defaultLevers, ...scenario.set }
}
