import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { errorOf, get, newAgent, send } from './support/agent.ts'
import { newGatedAgent } from './support/gated-dials.ts'
import { startHeldOrigin } from './support/held-origin.ts'
import { startOrigin, unusedPort } from './support/origin.ts'

test('a request takes the connection that another is done with, while its own dial goes on', async () => {
  const origin = await startHeldOrigin()
  const { agent, dials } = newGatedAgent()

  // given a first request under way, and a second one whose dial is slow
  const first = send(agent, origin.port)
  dials[0]!.finish()
  const { res } = await origin.request()
  const second = send(agent, origin.port)
  expect(dials).toHaveLength(2)

  // when the first one is answered
  res.end('one')
  const { socket } = await first.reply

  // then the second one goes out on the same connection, and its dial serves nobody yet
  const next = await origin.request()
  next.res.end('two')
  const reply = await second.reply
  expect(reply).toMatchObject({ body: 'two', socket })
  expect(second.req.reusedSocket).toBe(true)
  expect(agent.pool.stats()).toMatchObject({ open: 1, dialing: 1 })
})

test('a dial that comes too late serves the next request', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const { agent, dials } = newGatedAgent()
  const first = send(agent, origin.port)
  dials[0]!.finish()
  await first.reply

  // given two requests at once, of which the second gets the first one's connection
  const both = [send(agent, origin.port), send(agent, origin.port)]
  await Promise.all(both.map(({ reply }) => reply))
  dials[1]!.finish()
  await origin.connection()

  // then the connection that came late goes idle and serves one of the next two
  await expect.poll(() => agent.pool.stats().idle).toBe(2)
  const replies = await Promise.all([get(agent, origin.port), get(agent, origin.port)])
  expect(new Set(replies.map(({ socket }) => socket)).size).toBe(2)
  expect(dials).toHaveLength(2)
})

test('a failing dial fails its own request, with the very error, and no other', async () => {
  const origin = await startHeldOrigin()
  const { agent, dials } = newGatedAgent()
  const requests = [send(agent, origin.port), send(agent, origin.port), send(agent, origin.port)]

  const refused = new Error('refused')
  dials[1]!.fail(refused)
  expect(await errorOf(requests[1]!.reply)).toBe(refused)

  dials[0]!.finish()
  ;(await origin.request()).res.end()
  dials[2]!.finish()
  ;(await origin.request()).res.end()
  await Promise.all([requests[0]!.reply, requests[2]!.reply])
})

test('a failing dial is not noticed by a request that has found a connection', async () => {
  const origin = await startHeldOrigin()
  const { agent, dials } = newGatedAgent()
  const first = send(agent, origin.port)
  dials[0]!.finish()
  const { res } = await origin.request()
  const second = send(agent, origin.port)
  res.end()
  const taken = await origin.request()

  dials[1]!.fail(new Error('too late to matter'))

  taken.res.end('fine')
  expect((await second.reply).body).toBe('fine')
  await first.reply
})

test('a refused connection fails the request as Node does', async () => {
  const port = await unusedPort()

  const error = await errorOf(get(newAgent(), port))

  expect(error).toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect', port })
})

test('requests beyond maxSockets wait in line, first come, first served', async () => {
  const origin = await startHeldOrigin()
  const agent = newAgent({ maxSockets: 1 })
  const sent = ['/1', '/2', '/3'].map((path) => send(agent, origin.port, { path }))

  for (const path of ['/1', '/2', '/3']) {
    const { req, res } = await origin.request()
    expect(req.url).toBe(path)
    expect(agent.pool.stats().open).toBe(1)
    res.end()
  }

  await Promise.all(sent.map(({ reply }) => reply))
})

test('a waiting request goes on in the async context that it began in', async () => {
  const origin = await startHeldOrigin()
  const agent = newAgent({ maxSockets: 1 })
  const context = new AsyncLocalStorage<string>()
  const first = context.run('first', () => send(agent, origin.port))
  const { res } = await origin.request()
  const second = context.run('second', () => send(agent, origin.port))
  const seen = new Promise((resolve) => {
    second.req.on('socket', () => resolve(context.getStore()))
  })
  const seenByResponse = new Promise((resolve) => {
    second.req.on('response', () => resolve(context.getStore()))
  })

  res.end()
  await first.reply

  expect(await seen).toBe('second')
  ;(await origin.request()).res.end()
  expect(await seenByResponse).toBe('second')
  await second.reply
})

test('createConnection may return a socket that is still connecting, or call back with one', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const returning = newAgent()
  const original = returning.createConnection
  let calls = 0
  returning.createConnection = (options, callback) => {
    calls++
    return original.call(returning, options, callback)
  }
  const { agent: callingBack, dials } = newGatedAgent()

  const reply = send(callingBack, origin.port).reply
  dials[0]!.finish()

  expect((await get(returning, origin.port)).body).toBe('ok')
  expect((await reply).body).toBe('ok')
  expect(calls).toBe(1)
})

test('what createConnection throws fails the request', async () => {
  const agent = newAgent()
  const broken = new Error('no network')
  agent.createConnection = () => {
    throw broken
  }

  expect(await errorOf(get(agent, 1))).toBe(broken)
})

test('a lookup function of one request is used for its dial', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const lookup = (_: string, options: { all?: boolean }, callback: (...args: never[]) => void) => {
    const answer = options.all
      ? [null, [{ address: '127.0.0.1', family: 4 }]]
      : [null, '127.0.0.1', 4]
    ;(callback as (...args: unknown[]) => void)(...answer)
  }

  const { req, reply } = send(newAgent(), origin.port, {
    host: 'only-known-here.invalid',
    lookup: lookup as never,
  })
  await once(req, 'response')

  expect((await reply).body).toBe('ok')
})
