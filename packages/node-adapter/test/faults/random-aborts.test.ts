import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { checkInvariants } from '@wantconn/pool-core/testing'
import { expect, test } from 'vitest'
import type { HttpAgent, HttpsAgent } from '../../src/agent/index.ts'
import { newAgent, newHttpsAgent, type Sent, send } from '../support/agent.ts'
import { startHttpsOrigin } from '../support/https-origin.ts'
import { startOrigin } from '../support/origin.ts'
import { activeResources, watchProcess, watchTimers } from './watch-process.ts'

/** The same numbers from 0 to 1 each time: a failure can be looked at again. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A server that treats its clients in every way there is. */
function moody(random: () => number): (req: IncomingMessage, res: ServerResponse) => void {
  const ways: ((req: IncomingMessage, res: ServerResponse) => unknown)[] = [
    (_, res) => res.end('ok'),
    (_, res) => res.end('ok'),
    (_, res) => res.end('ok'),
    (_, res) => res.end('x'.repeat(100_000)),
    (_, res) => res.setHeader('connection', 'close').end('ok'),
    (req) => req.socket.destroy(),
    (req) => req.socket.destroySoon(),
    (req, res) =>
      res.writeHead(200, { 'content-length': 9 }).write('half', () => req.socket.destroy()),
    (req, res) => res.end('ok', () => setImmediate(() => req.socket.destroy())),
  ]
  return (req, res) => {
    req.on('error', () => {}).resume()
    const way = ways[Math.floor(random() * ways.length)] as (typeof ways)[number]
    setTimeout(() => way(req, res), random() * 3)
  }
}

test.each([
  ['http', 8_000],
  ['https', 2_000],
] as const)(
  '%s: %d requests with random aborts: each ends once, and nothing is left',
  async (scheme, count) => {
    const seen = watchProcess()
    const random = seeded(11)
    const before = activeResources()
    const origin = await (scheme === 'http' ? startOrigin : startHttpsOrigin)(moody(random))
    const agent: HttpAgent | HttpsAgent = await agentFor(scheme)

    const ends: number[] = []
    const clients = Array.from({ length: 40 }, async () => {
      while (ends.length < count) ends.push(await oneRequest(agent, origin.port, random))
    })
    await Promise.all(clients)

    expect(ends.filter((times) => times !== 1)).toEqual([])
    await expect.poll(() => agent.pool.stats()).toMatchObject({ leased: 0, waiting: 0, dialing: 0 })
    checkInvariants(agent.pool)
    expect([agent.requests, agent.sockets]).toEqual([{}, {}])
    for (const socket of Object.values(agent.freeSockets).flat()) {
      const counts = socket?.eventNames().map((name) => socket.listenerCount(name)) ?? []
      expect(Math.max(...counts)).toBeLessThanOrEqual(4)
    }
    agent.destroy()
    await expect.poll(() => origin.sockets.size).toBe(0)
    await origin.stop()
    await expect.poll(() => withoutTimers(activeResources())).toEqual(withoutTimers(before))
    expect(activeResources()['Timeout'] ?? 0).toBeLessThanOrEqual((before['Timeout'] ?? 0) + 1)
    expect(seen()).toEqual([])
  },
  120_000,
)

test('no timer is left when the last request has ended, whether or not it would keep the process alive', async () => {
  const timers = watchTimers()
  const random = seeded(3)
  const origin = await startOrigin(moody(random))
  const agent = newAgent({ maxSockets: 4, timeout: 5_000, acquireTimeoutMs: 4_000 })

  const all = Array.from({ length: 300 }, () => oneRequest(agent, origin.port, random))
  await Promise.all(all)
  agent.destroy()
  await expect.poll(() => agent.pool.stats()).toMatchObject({ open: 0, dialing: 0 })
  await origin.stop()

  // One of the test, which polls; and Node's own, which dates the answers of a server.
  await expect.poll(timers).toBeLessThanOrEqual(2)
})

test('10,000 waiting requests destroyed in any order leave at once, and nothing behind', async () => {
  const seen = watchProcess()
  const random = seeded(5)
  const held: ServerResponse[] = []
  const origin = await startOrigin((_, res) => void held.push(res))
  const agent = newAgent({ maxSockets: 1 })
  const first = send(agent, origin.port)
  await expect.poll(() => held.length).toBe(1)

  const sent = Array.from({ length: 10_000 }, () => watched(send(agent, origin.port)))
  expect(agent.pool.stats().waiting).toBe(10_000)
  sent.sort(() => random() - 0.5)
  for (const { req } of sent) req.destroy()

  expect(agent.pool.stats().waiting).toBe(0)
  const ends = await Promise.all(sent.map(({ ended }) => ended))
  expect(ends.filter((times) => times !== 1)).toEqual([])
  held[0]?.end()
  await first.reply
  expect(agent.pool.stats()).toMatchObject({ open: 1, idle: 1, totals: { dials: 1 } })
  expect(seen()).toEqual([])
}, 60_000)

function agentFor(scheme: 'http' | 'https'): Promise<HttpAgent | HttpsAgent> {
  const options = { maxSockets: 12, acquireTimeoutMs: 200 }
  return scheme === 'http' ? Promise.resolve(newAgent(options)) : newHttpsAgent(options)
}

/** How often it ended; destroyed, aborted or timed out at any moment of its life, or left alone. */
async function oneRequest(
  agent: HttpAgent | HttpsAgent,
  port: number,
  random: () => number,
): Promise<number> {
  const controller = new AbortController()
  const post = random() < 0.2
  const sent = send(agent, port, {
    signal: controller.signal,
    ...(post && { method: 'POST', body: 'b'.repeat(random() * 70_000) }),
  })
  const { ended, req } = watched(sent)
  disturb(req, controller, random)
  return ended
}

function disturb(req: ClientRequest, controller: AbortController, random: () => number): void {
  const moment = random() * 8
  const way = random()
  if (way < 0.1) req.destroy()
  else if (way < 0.25) setTimeout(() => req.destroy(), moment)
  else if (way < 0.4) setTimeout(() => controller.abort(), moment)
  else if (way < 0.5) req.setTimeout(1 + moment, () => req.destroy(new Error('slow')))
  else if (way < 0.55) req.once('socket', () => req.destroy())
  else if (way < 0.6) req.once('response', (res) => res.destroy())
}

/** Resolves with how often 'close' came, when nothing more of it can come. */
function watched({ req }: Sent): { req: ClientRequest; ended: Promise<number> } {
  let closes = 0
  let errors = 0
  let res: IncomingMessage | undefined
  req.on('close', () => closes++).on('error', () => errors++)
  req.on('response', (response) => {
    res = response.on('error', () => {})
  })
  const ended = (async () => {
    if (closes === 0) await new Promise((resolve) => req.once('close', resolve))
    const response = res
    if (response?.closed === false) {
      await new Promise((resolve) => response.once('close', resolve))
    }
    await new Promise((resolve) => setImmediate(resolve))
    return errors > 1 ? Number.NaN : closes
  })()
  return { req, ended }
}

function withoutTimers({ Timeout: _, Immediate: __, ...rest }: Record<string, number>): object {
  return rest
}
