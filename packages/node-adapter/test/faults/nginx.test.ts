import type { Agent } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { checkInvariants } from '@wantconn/pool-core/testing'
import { describe, expect, test } from 'vitest'
import type { HttpAgent, HttpsAgent } from '../../src/agent/index.ts'
import { errorOf, get, newAgent, newHttpsAgent, send } from '../support/agent.ts'
import { isMissing } from './daemon.ts'
import { type Nginx, startNginx } from './nginx.ts'

const missing = isMissing('nginx', 'nginx-light')

describe.skipIf(missing)(`nginx${missing ? ` (${missing})` : ''}`, () => {
  test.each(['http', 'https'] as const)('%s: requests share connections', async (scheme) => {
    const nginx = await startNginx('')
    const agent = await agentFor(scheme, { maxSockets: 4 })

    const all = Array.from({ length: 40 }, () => get(agent, portOf(nginx, scheme)))
    for (const { res } of await Promise.all(all)) expect(res.statusCode).toBe(200)

    const { opened, got } = agent.pool.stats().totals
    expect(got).toBe(40)
    expect(opened).toBeLessThanOrEqual(4)
  })

  test('keepalive_requests ends connections, and no request with them', async () => {
    const nginx = await startNginx('keepalive_requests 5;')
    const agent = newAgent({ maxSockets: 3 })

    const bodies: string[] = []
    for (let i = 0; i < 10; i++) {
      const round = Array.from({ length: 6 }, () => get(agent, nginx.httpPort))
      bodies.push(...(await Promise.all(round)).map(({ body }) => body))
    }

    expect(bodies).toHaveLength(60)
    expect(Math.max(...bodies.map(Number))).toBe(5)
    expect(agent.pool.stats().totals.opened).toBeLessThanOrEqual(15)
  })

  test('a connection is not used after its keepalive_timeout, which nginx tells', async () => {
    const nginx = await startNginx('keepalive_timeout 3s 3s;')
    // A wide margin, as this machine may be busy when the time comes.
    const agent = newAgent({ agentKeepAliveTimeoutBuffer: 2_000 })

    const { res, socket } = await get(agent, nginx.httpPort)

    expect(res.headers['keep-alive']).toBe('timeout=3')
    const idleAt = performance.now()
    await expect.poll(() => agent.pool.stats().open).toBe(0)
    expect(socket.destroyed).toBe(true)
    // By the pool, before the server did it; with a word from the server it would be its FIN.
    expect(performance.now() - idleAt).toBeGreaterThan(500)
    expect(agent.pool.stats().totals.closed).toMatchObject({ 'idle-timeout': 1 })
  })

  test('dials that follow resume their TLS sessions', async () => {
    const nginx = await startNginx('keepalive_timeout 0;')
    const agent = await newHttpsAgent()
    const resumed: boolean[] = []

    for (let i = 0; i < 10; i++) {
      const { req, reply } = send(agent, nginx.httpsPort)
      req.on('socket', (socket) => resumed.push((socket as TLSSocket).isSessionReused()))
      await reply
    }

    expect(resumed).toEqual([false, ...Array<boolean>(9).fill(true)])
  })

  test.each(['http', 'https'] as const)(
    '%s: reloads under load fail nothing but what crosses the end of a connection',
    async (scheme) => {
      const nginx = await startNginx('')
      const agent = await agentFor(scheme, { maxSockets: 8 })
      const load = new Load(agent, portOf(nginx, scheme))

      const running = load.run(8)
      for (let i = 1; i <= 4; i++) {
        await expect.poll(() => load.answered).toBeGreaterThan(i * 100)
        nginx.reload()
      }
      load.stop()
      await running

      expect(load.unexpected).toEqual([])
      // Each of four reloads ends at most the eight connections.
      expect(load.cut).toBeLessThanOrEqual(4 * 8)
      // The last reload may still be going on.
      const status = () =>
        get(agent, portOf(nginx, scheme)).then(({ res }) => res.statusCode, String)
      await expect.poll(status).toBe(200)
      await nothingLeft(agent)
    },
  )

  test('a restart under load: refused while it is down, served as soon as it is up', async () => {
    const nginx = await startNginx('')
    const agent = newAgent({ maxSockets: 8 })
    const load = new Load(agent, nginx.httpPort, true)
    const running = load.run(8)
    await expect.poll(() => load.answered).toBeGreaterThan(100)

    await nginx.kill()
    await expect.poll(() => load.refused).toBeGreaterThan(0)
    await nginx.start()

    const before = load.answered
    await expect.poll(() => load.answered).toBeGreaterThan(before + 100)
    load.stop()
    await running
    expect(load.unexpected).toEqual([])
    await nothingLeft(agent)
  })

  test('a server that is down is told of at once', async () => {
    const nginx = await startNginx('')
    const agent = newAgent()
    await get(agent, nginx.httpPort)
    await nginx.kill()

    expect(await errorOf(get(agent, nginx.httpPort))).toMatchObject({
      code: expect.stringMatching(/ECONNREFUSED|ECONNRESET/),
    })
  })
})

/** Clients that send one request after the other, and count how each ends. */
class Load {
  answered = 0
  refused = 0
  cut = 0
  readonly unexpected: unknown[] = []
  readonly #agent: Agent
  readonly #port: number
  readonly #mayBeDown: boolean
  #isOver = false

  constructor(agent: Agent, port: number, mayBeDown = false) {
    this.#agent = agent
    this.#port = port
    this.#mayBeDown = mayBeDown
  }

  async run(clients: number): Promise<void> {
    await Promise.all(Array.from({ length: clients }, () => this.#client()))
  }

  stop(): void {
    this.#isOver = true
  }

  async #client(): Promise<void> {
    while (!this.#isOver) await this.#one()
  }

  async #one(): Promise<void> {
    const { req, reply } = send(this.#agent, this.#port)
    let ends = 0
    req.on('close', () => ends++)
    try {
      await reply
      this.answered++
    } catch (error) {
      this.#note(error as NodeJS.ErrnoException)
    }
    if (!req.closed) await new Promise((resolve) => req.once('close', resolve))
    if (ends !== 1) this.unexpected.push(`a request ended ${ends} times`)
  }

  #note(error: NodeJS.ErrnoException): void {
    if (error.code === 'ECONNREFUSED' && this.#mayBeDown) this.refused++
    // nginx ends connections that wait for a request, fresh ones too; where its FIN or RST crosses
    // a request, nobody but the sender may send that again.
    else if (error.code === 'ECONNRESET' || error.code === 'EPIPE') this.cut++
    else this.unexpected.push(error)
  }
}

function agentFor(scheme: 'http' | 'https', options: object): Promise<HttpAgent | HttpsAgent> {
  return scheme === 'http' ? Promise.resolve(newAgent(options)) : newHttpsAgent(options)
}

function portOf(nginx: Nginx, scheme: 'http' | 'https'): number {
  return scheme === 'http' ? nginx.httpPort : nginx.httpsPort
}

/** Dials for requests that were served otherwise may still be under way. */
async function nothingLeft(agent: HttpAgent | HttpsAgent): Promise<void> {
  await expect.poll(() => agent.pool.stats()).toMatchObject({ leased: 0, waiting: 0, dialing: 0 })
  expect([agent.sockets, agent.requests]).toEqual([{}, {}])
  checkInvariants(agent.pool)
}
