import http from 'node:http'
import https from 'node:https'
import axios from 'axios'
import { describe, expect, onTestFinished, test } from 'vitest'
import { errorOf } from '../support/agent.ts'
import { startHttpsOrigin } from '../support/https-origin.ts'
import { startOrigin, unusedPort } from '../support/origin.ts'
import { awsClient } from './aws-client.ts'
import { axiosClient } from './axios-client.ts'
import type { Client } from './client.ts'
import { gotClient } from './got-client.ts'
import { nodeClient } from './node-client.ts'
import { nodeFetchClient } from './node-fetch-client.ts'
import { gateDials, heldOrigin, newAgents, type Scheme, until } from './setting.ts'
import { superagentClient } from './superagent-client.ts'

const clients: readonly Client[] = [
  nodeClient,
  axiosClient,
  gotClient,
  nodeFetchClient,
  superagentClient,
  awsClient,
]
const schemes: readonly Scheme[] = ['http', 'https']
const both = clients.flatMap((client) =>
  schemes.map((scheme) => [client.name, scheme, client] as const),
)

describe.each(both)('%s over %s:', (_, scheme, client) => {
  const echo = (): ReturnType<typeof startOrigin> =>
    (scheme === 'http' ? startOrigin : startHttpsOrigin)((req, res) => {
      res.setHeader('content-type', 'text/plain')
      req.pipe(res)
    })

  test('requests one after the other use one connection', async () => {
    const { port } = await echo()
    const agents = await newAgents()

    for (let i = 0; i < 3; i++) {
      const { status } = await client.send(`${scheme}://localhost:${port}/`, agents)
      expect(status).toBe(200)
    }

    await until(() => agents[scheme].pool.stats().idle === 1)
    expect(agents[scheme].pool.stats().totals).toMatchObject({ dials: 1, reused: 2 })
  })

  test('the body of a POST arrives, and the connection is kept', async () => {
    const { port } = await echo()
    const agents = await newAgents()
    const body = 'x'.repeat(200_000)

    const answer = await client.send(`${scheme}://localhost:${port}/`, agents, {
      method: 'POST',
      body,
    })

    expect(answer.body).toBe(body)
    await until(() => agents[scheme].pool.stats().idle === 1)
  })

  test('a request whose dial is slow takes the connection that becomes free', async () => {
    const origin = await heldOrigin(scheme)
    const agents = await newAgents()
    const dials = gateDials(agents[scheme])

    // given one request under way, and another whose dial hangs
    const first = client.send(`${origin.url}/first`, agents)
    await until(() => dials.length === 1)
    dials[0]?.open()
    const asked = await origin.next()
    const second = client.send(`${origin.url}/second`, agents)
    await until(() => dials.length === 2)

    // when the first one is answered
    asked.answer('first')

    // then the second one is asked and answered, while its dial hangs still
    const next = await origin.next()
    expect(next.url).toBe('/second')
    next.answer('second')
    expect((await second).body).toBe('second')
    expect((await first).body).toBe('first')
    expect(agents[scheme].pool.stats().dialing).toBe(1)
  })

  test('a request whose dial fails is not harmed if it had a connection by then', async () => {
    const origin = await heldOrigin(scheme)
    const agents = await newAgents()
    const dials = gateDials(agents[scheme])
    const first = client.send(`${origin.url}/first`, agents)
    await until(() => dials.length === 1)
    dials[0]?.open()
    const asked = await origin.next()
    const second = client.send(`${origin.url}/second`, agents)
    await until(() => dials.length === 2)
    asked.answer('first')
    const next = await origin.next()

    dials[1]?.fail(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))

    next.answer('second')
    expect((await second).body).toBe('second')
    await first
  })

  test('an aborted request that waits ends at once, and its place is free', async () => {
    const origin = await heldOrigin(scheme)
    const agents = await newAgents({ maxSockets: 1 })
    const first = client.send(`${origin.url}/first`, agents)
    const asked = await origin.next()
    const controller = new AbortController()
    const second = client.send(`${origin.url}/second`, agents, { signal: controller.signal })
    const failed = errorOf(second)
    await until(() => agents[scheme].pool.stats().waiting === 1)
    const third = client.send(`${origin.url}/third`, agents)
    await until(() => agents[scheme].pool.stats().waiting === 2)

    controller.abort()

    const { name, code } = await failed
    expect(`${name} ${code}`).toMatch(/abort|cancel/i)
    await until(() => agents[scheme].pool.stats().waiting === 1)
    asked.answer('first')
    await first
    const next = await origin.next()
    expect(next.url).toBe('/third')
    next.answer('third')
    expect((await third).body).toBe('third')
  })

  test('an aborted request that is under way ends, and its connection with it', async () => {
    const origin = await heldOrigin(scheme)
    const agents = await newAgents()
    const controller = new AbortController()
    const failed = errorOf(client.send(origin.url, agents, { signal: controller.signal }))
    await origin.next()

    controller.abort()

    const { name, code } = await failed
    expect(`${name} ${code}`).toMatch(/abort|cancel/i)
    await until(() => agents[scheme].pool.stats().open === 0)
    await until(() => origin.sockets.size === 0)
  })

  test("the client's timeout ends a request that waits", async () => {
    const origin = await heldOrigin(scheme)
    const agents = await newAgents({ maxSockets: 1 })
    const first = client.send(origin.url, agents)
    const asked = await origin.next()

    await errorOf(client.send(origin.url, agents, { timeoutMs: 50 }))

    await until(() => agents[scheme].pool.stats().waiting === 0)
    asked.answer('first')
    expect((await first).body).toBe('first')
    expect(origin.waiting).toEqual([])
  })

  test("the client's timeout ends a request that is not answered", async () => {
    const origin = await heldOrigin(scheme)
    const agents = await newAgents()

    await errorOf(client.send(origin.url, agents, { timeoutMs: 200 }))

    await until(() => agents[scheme].pool.stats().open === 0)
  })

  test('acquireTimeoutMs ends a request that waits, with the code that says so', async () => {
    const origin = await heldOrigin(scheme)
    const agents = await newAgents({ maxSockets: 1, acquireTimeoutMs: 1_000 })
    const first = client.send(origin.url, agents)
    const asked = await origin.next()

    const error = await errorOf(client.send(origin.url, agents))

    expect(codesOf(error)).toContain('ERR_POOL_WANT_TIMEOUT')
    asked.answer('first')
    expect((await first).body).toBe('first')
  })

  test('a refused connection fails the request with the code of the system', async () => {
    const agents = await newAgents()
    const port = await unusedPort()

    const error = await errorOf(client.send(`${scheme}://127.0.0.1:${port}/`, agents))

    expect(codesOf(error)).toContain('ECONNREFUSED')
  })

  test('a server that hangs up fails the request with ECONNRESET', async () => {
    const origin = await heldOrigin(scheme)
    const agents = await newAgents()
    const failed = errorOf(client.send(origin.url, agents))

    ;(await origin.next()).hangUp()

    expect(codesOf(await failed)).toContain('ECONNRESET')
    await until(() => agents[scheme].pool.stats().open === 0)
  })

  test('requests that name no agent go by the global one', async () => {
    const { port } = await echo()
    const agents = await newAgents()
    const [httpBefore, httpsBefore] = [http.globalAgent, https.globalAgent]
    onTestFinished(() => {
      http.globalAgent = httpBefore
      https.globalAgent = httpsBefore
    })
    Object.assign(http, { globalAgent: agents.http })
    Object.assign(https, { globalAgent: agents.https })

    // The AWS handler makes agents of its own, unless it is given some.
    const given = client.name.startsWith('AWS') ? agents : ({} as typeof agents)
    const { status } = await client.send(`${scheme}://localhost:${port}/`, given)

    expect(status).toBe(200)
    expect(agents[scheme].pool.stats().totals.got).toBe(1)
  })
})

test('axios that follows redirects times nothing that waits; acquireTimeoutMs does', async () => {
  const origin = await heldOrigin('http')
  const agents = await newAgents({ maxSockets: 1, acquireTimeoutMs: 1_000 })
  const first = axiosClient.send(origin.url, agents)
  const asked = await origin.next()

  const sent = axios.get(origin.url, { httpAgent: agents.http, timeout: 20, proxy: false })

  expect(codesOf(await errorOf(sent))).toContain('ERR_POOL_WANT_TIMEOUT')
  asked.answer('first')
  await first
})

/** The codes of an error and of what it wraps, as clients do. */
function codesOf(error: unknown): unknown[] {
  const codes: unknown[] = []
  for (let each = error as NodeJS.ErrnoException | undefined; each; each = each.cause as never) {
    codes.push(each.code)
  }
  return codes
}
