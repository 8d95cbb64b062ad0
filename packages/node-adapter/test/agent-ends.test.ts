import { once } from 'node:events'
import { Pool } from '@wantconn/pool-core'
import { expect, test } from 'vitest'
import { netAdapter } from '../src/index.ts'
import { errorOf, get, newAgent, send } from './support/agent.ts'
import { newGatedAgent } from './support/gated-dials.ts'
import { startHeldOrigin } from './support/held-origin.ts'
import { startOrigin } from './support/origin.ts'

test('a connection reset while in use fails its request, and its place is free', async () => {
  const origin = await startHeldOrigin()
  const agent = newAgent({ maxSockets: 1 })
  const first = send(agent, origin.port)
  const second = send(agent, origin.port)
  const { req } = await origin.request()

  req.socket.resetAndDestroy()

  expect(await errorOf(first.reply)).toMatchObject({ code: 'ECONNRESET' })
  ;(await origin.request()).res.end('ok')
  expect((await second.reply).body).toBe('ok')
})

test('a request destroyed while it is under way closes its connection', async () => {
  const origin = await startHeldOrigin()
  const agent = newAgent()
  const { req, reply } = send(agent, origin.port)
  await origin.request()

  req.destroy()

  expect(await errorOf(reply)).toMatchObject({ code: 'ECONNRESET' })
  await expect.poll(() => agent.pool.stats().open).toBe(0)
})

test('an answer cut short fails its reader and closes the connection', async () => {
  const origin = await startOrigin((req, res) => {
    res.writeHead(200, { 'content-length': 100 })
    res.write('half', () => req.socket.destroy())
  })
  const agent = newAgent()

  expect(await errorOf(get(agent, origin.port))).toMatchObject({ code: 'ECONNRESET' })
  expect(agent.pool.stats().open).toBe(0)
})

test('an upgraded connection is the caller’s: the pool forgets it', async () => {
  const origin = await startOrigin(() => {})
  origin.server.on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n')
    socket.pipe(socket)
  })
  const agent = newAgent({ maxSockets: 1 })
  const { req } = send(agent, origin.port, { headers: { connection: 'upgrade', upgrade: 'echo' } })

  const [, socket] = await once(req, 'upgrade')

  expect(agent.pool.stats()).toMatchObject({ open: 0, totals: { detached: 1 } })
  expect(agent.sockets).toEqual({})
  agent.destroy()
  socket.write('still here')
  expect(String((await once(socket, 'data'))[0])).toBe('still here')
  expect(socket.listenerCount('free') + socket.listenerCount('agentRemove')).toBe(0)
  socket.destroy()
})

test('a CONNECT tunnel is the caller’s as well', async () => {
  const origin = await startOrigin(() => {})
  origin.server.on('connect', (_, socket) => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    socket.pipe(socket)
  })
  const agent = newAgent()
  const { req } = send(agent, origin.port, { method: 'CONNECT', path: 'example.test:443' })

  const [res, socket] = await once(req, 'connect')

  expect(res.statusCode).toBe(200)
  expect(agent.pool.stats()).toMatchObject({ open: 0, totals: { detached: 1 } })
  socket.destroy()
})

test('a refused upgrade is an ordinary answer', async () => {
  const origin = await startOrigin((_, res) => res.writeHead(400).end('no'))
  const agent = newAgent()

  const headers = { connection: 'upgrade', upgrade: 'echo' }
  const { res } = await get(agent, origin.port, { headers })

  expect(res.statusCode).toBe(400)
})

test('destroy() ends what is under way, waiting, dialing and idle; a later request starts afresh', async () => {
  const origin = await startHeldOrigin()
  const agent = newAgent({ maxSockets: 2 })
  const underWay = send(agent, origin.port)
  await origin.request()
  const alsoUnderWay = send(agent, origin.port)
  await origin.request()
  const waiting = send(agent, origin.port)
  const idleOrigin = await startOrigin((_, res) => res.end('idle'))
  const { socket: idle } = await get(agent, idleOrigin.port)

  agent.destroy()

  for (const { reply } of [underWay, alsoUnderWay, waiting]) {
    expect(await errorOf(reply)).toMatchObject({ code: 'ECONNRESET', message: 'socket hang up' })
  }
  expect(idle.destroyed).toBe(true)
  await expect.poll(() => agent.pool.stats()).toMatchObject({ open: 0, waiting: 0, dialing: 0 })
  expect((await get(agent, idleOrigin.port)).body).toBe('idle')
})

test('destroy() aborts dials', async () => {
  const { agent, dials } = newGatedAgent()
  const { reply } = send(agent, 1)
  expect(agent.pool.stats().dialing).toBe(1)

  agent.destroy()

  expect(agent.pool.stats().dialing).toBe(0)
  expect(await errorOf(reply)).toMatchObject({ code: 'ECONNRESET' })
  dials[0]!.fail(new Error('nobody hears this'))
})

test('a socket that createConnection brings after its dial was aborted is destroyed', async () => {
  const origin = await startOrigin(() => {})
  const { agent, dials } = newGatedAgent()
  const { reply } = send(agent, origin.port)
  agent.destroy()
  await errorOf(reply)

  const arrived = origin.connection()
  dials[0]!.finish()
  await arrived

  await expect.poll(() => origin.sockets.size).toBe(0)
  expect(agent.pool.stats().open).toBe(0)
})

test('a dial that takes longer than dialTimeoutMs fails its request', async () => {
  const { agent } = newGatedAgent({ dialTimeoutMs: 20 })

  expect(await errorOf(get(agent, 1))).toMatchObject({ code: 'ERR_POOL_DIAL_TIMEOUT' })
})

test('a server that does not answer is noticed by the timeout of the request', async () => {
  const origin = await startHeldOrigin()
  const { req, reply } = send(newAgent(), origin.port, { timeout: 20 })
  const timedOut = once(req, 'timeout')
  await origin.request()

  await timedOut

  req.destroy(new Error('no answer'))
  expect(await errorOf(reply)).toMatchObject({ message: 'no answer' })
})

test('a request that a closing server no longer answers says that it was sent on a used connection', async () => {
  let requests = 0
  const origin = await startOrigin((req, res) => {
    if (++requests === 2) req.socket.destroy()
    else res.end()
  })
  const agent = newAgent()
  await get(agent, origin.port)

  const { req, reply } = send(agent, origin.port)

  expect(await errorOf(reply)).toMatchObject({ code: 'ECONNRESET' })
  expect(req.reusedSocket).toBe(true)
})

test('agents that share a pool share its connections and its limits', async () => {
  const origin = await startHeldOrigin()
  const pool = new Pool(netAdapter(), { maxPerKey: 1 })
  const [one, other] = [newAgent({ pool }), newAgent({ pool })]
  const first = send(one, origin.port)
  const { res } = await origin.request()
  const second = send(other, origin.port)
  expect(pool.stats()).toMatchObject({ leased: 1, waiting: 1 })

  res.end()

  const { socket } = await first.reply
  ;(await origin.request()).res.end()
  expect((await second.reply).socket).toBe(socket)
  pool.destroy()
})

test('destroy() of an agent leaves a shared pool, and the requests of others, alone', async () => {
  const origin = await startHeldOrigin()
  const pool = new Pool(netAdapter())
  const [one, other] = [newAgent({ pool }), newAgent({ pool })]
  const own = send(one, origin.port)
  await origin.request()
  const others = send(other, origin.port)
  const { res } = await origin.request()

  one.destroy()

  expect(await errorOf(own.reply)).toMatchObject({ code: 'ECONNRESET' })
  res.end('untouched')
  expect((await others.reply).body).toBe('untouched')
  expect(pool.stats().idle).toBe(1)
  pool.destroy()
})

test('a request to a pool that was closed for good fails with the code that says so', async () => {
  const agent = newAgent()
  await agent.pool.close()

  expect(await errorOf(get(agent, 1))).toMatchObject({ code: 'ERR_POOL_CLOSED' })
})

test('sockets, freeSockets, requests and totalSocketCount tell what is so now', async () => {
  const origin = await startHeldOrigin()
  const agent = newAgent({ maxSockets: 1 })
  const name = agent.getName({ host: '127.0.0.1', port: origin.port })
  const first = send(agent, origin.port)
  const { res } = await origin.request()
  const second = send(agent, origin.port)

  expect(agent.sockets).toEqual({ [name]: [first.req.socket] })
  expect(agent.requests).toEqual({ [name]: [second.req] })
  expect(agent.freeSockets).toEqual({})
  expect(agent.totalSocketCount).toBe(1)

  res.end()
  const { socket } = await first.reply
  ;(await origin.request()).res.end()
  await second.reply

  expect([agent.sockets, agent.requests]).toEqual([{}, {}])
  expect(agent.freeSockets).toEqual({ [name]: [socket] })
  agent.destroy()
  expect(agent.freeSockets).toEqual({})
})
