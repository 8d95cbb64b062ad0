import http from 'node:http'
import { Pool } from '@wantconn/pool-core'
import { expect, test } from 'vitest'
import { HttpAgent } from '../src/agent/index.ts'
import { netAdapter } from '../src/index.ts'
import { newAgent, send } from './support/agent.ts'
import { newGatedAgent } from './support/gated-dials.ts'
import { startOrigin } from './support/origin.ts'

test('it is an http.Agent', () => {
  const agent = new HttpAgent()

  expect(agent).toBeInstanceOf(http.Agent)
  expect(agent).toMatchObject({ protocol: 'http:', defaultPort: 80, keepAlive: true })
  expect(agent.getName({ host: 'a', port: 1 })).toBe('a:1:')
})

test("Node's names for limits and order are the pool's", () => {
  const { agent, dials } = newGatedAgent({ maxSockets: 2, maxTotalSockets: 3 })

  for (const port of [1, 1, 1, 2, 2]) send(agent, port)

  expect(dials).toHaveLength(3)
  expect(agent.pool.stats()).toMatchObject({ dialing: 3, waiting: 5 })
  expect(agent).toMatchObject({ maxSockets: 2, maxTotalSockets: 3, scheduling: 'lifo' })
})

test('pool options may stand beside them', () => {
  const agent = new HttpAgent({ maxPerKey: 7, idleOrder: 'fifo', maxIdlePerKey: 5 })

  expect(agent).toMatchObject({ maxSockets: 7, scheduling: 'fifo', maxFreeSockets: 5 })
})

test('0 stands for the default, as in Node', () => {
  expect(new HttpAgent({ maxSockets: 0 }).maxSockets).toBe(Number.POSITIVE_INFINITY)
})

test.each([
  [{ maxSockets: -1 }, RangeError, /maxSockets.*-1/],
  [{ maxSockets: '5' }, TypeError, /maxSockets.*"5"/],
  [{ maxTotalSockets: 1.5 }, RangeError, /maxTotalSockets.*1\.5/],
  [{ maxTotalSockets: 0 }, RangeError, /maxTotalSockets.*0/],
  [{ maxCachedSessions: 1.5 }, RangeError, /HttpAgentOptions\.maxCachedSessions.*1\.5/],
  [{ servername: 'a b' }, TypeError, /servername.*"a b"/],
  [{ servername: 5 }, TypeError, /servername.*5/],
  [{ scheduling: 'random' }, TypeError, /scheduling.*"random"/],
  [{ maxSockets: 1, maxPerKey: 2 }, TypeError, /maxSockets and maxPerKey/],
  [{ idleTimeoutMs: 0 }, RangeError, /idleTimeoutMs.*0/],
  [{ maxFreeSockets: Number.NaN }, RangeError, /maxFreeSockets.*NaN/],
  [{ timeout: 'soon' }, TypeError, /timeout.*"soon"/],
  [{ timeout: -1 }, RangeError, /timeout.*-1/],
  [{ keepAliveMsecs: Number.POSITIVE_INFINITY }, RangeError, /keepAliveMsecs.*Infinity/],
  [{ agentKeepAliveTimeoutBuffer: -1 }, RangeError, /agentKeepAliveTimeoutBuffer.*-1/],
  [{ keepAlive: 'yes' }, TypeError, /keepAlive.*"yes"/],
  [{ noDelay: 1 }, TypeError, /noDelay.*1/],
  [{ lookup: '8.8.8.8' }, TypeError, /lookup.*"8\.8\.8\.8"/],
  [{ connectTimeoutMs: 0 }, RangeError, /connectTimeoutMs.*0/],
  [{ proxy: 'ftp://proxy' }, TypeError, /proxy/],
  [{ proxy: 'http://u:secret@[' }, TypeError, /^(?!.*secret).*proxy/],
  [{ proxyEnv: 'http://proxy' }, TypeError, /proxyEnv.*"http:\/\/proxy"/],
  [{ proxyEnv: { http_proxy: 'no url' } }, Error, /proxy|URL/i],
  [{ proxy: 'http://a', proxyEnv: {} }, TypeError, /proxy and proxyEnv/],
  [{ pool: new Pool(netAdapter()), tlsTimeoutMs: 1 }, TypeError, /pool.*tlsTimeoutMs/],
  [{ pool: new Pool(netAdapter()), proxyEnv: {} }, TypeError, /pool.*proxyEnv/],
  [
    { pool: new Pool(netAdapter()), maxSockets: 1 },
    TypeError,
    /pool has options of its own.*maxPerKey/,
  ],
  [{ pool: {} }, TypeError, /pool.*an object/],
  [{ pool: 5 }, TypeError, /pool.*5/],
  [{ host: 'a\nb' }, TypeError, /host.*a\\nb/],
  [{ port: 70_000 }, RangeError, /port.*70000/],
  [{ port: 'http' }, RangeError, /port.*http/],
  [{ defaultPort: true }, TypeError, /defaultPort.*true/],
  [{ localAddress: 'here' }, TypeError, /localAddress.*"here"/],
  [{ family: 5 }, TypeError, /family.*5/],
  [{ socketPath: 5 }, TypeError, /socketPath.*5/],
  [{ protocol: 5 }, TypeError, /protocol.*5/],
  [{ proxy: 'http://proxy:99999' }, TypeError, /proxy.*99999/],
  [{ ca: 5 }, TypeError, /ca.*5/],
  [{ attemptDelayMs: 'soon' }, TypeError, /attemptDelayMs.*"soon"/],
  [{ tlsTimeoutMs: Number.NaN }, RangeError, /tlsTimeoutMs.*NaN/],
  [{ acquireTimeoutMs: -1 }, RangeError, /acquireTimeoutMs.*-1/],
  [null, TypeError, /HttpAgentOptions.*null/],
])('%o is refused', (options, kind, message) => {
  const make = () => new HttpAgent(options as never)

  expect(make).toThrow(kind)
  expect(make).toThrow(message)
})

test('reuse: false is keepAlive: false', () => {
  expect(new HttpAgent({ reuse: false }).keepAlive).toBe(false)
})

test("the agent's timeout is also the idle time, unless that is given", async () => {
  let now = 0
  const clock = { now: () => now, setTimeout: () => 0, clearTimeout: () => {} }
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent({ clock, timeout: 3_000 })
  const { socket } = await send(agent, origin.port).reply

  now = 3_000

  expect((await send(agent, origin.port).reply).socket).not.toBe(socket)
})

test('it can be the global agent', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const before = http.globalAgent
  const agent = newAgent()
  http.globalAgent = agent
  try {
    const res = await new Promise<http.IncomingMessage>((resolve) =>
      http.get({ host: '127.0.0.1', port: origin.port }, resolve),
    )
    res.resume()
    expect(agent.pool.stats().totals.got).toBe(1)
  } finally {
    http.globalAgent = before
  }
})
