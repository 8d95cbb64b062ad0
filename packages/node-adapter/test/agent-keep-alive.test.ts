import { once } from 'node:events'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HttpAgent } from '../src/agent/index.ts'
import { errorOf, get, newAgent, send } from './support/agent.ts'
import { startOrigin, startTcp } from './support/origin.ts'

test('requests one after the other use one connection', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()

  const sockets = new Set()
  for (let i = 0; i < 20; i++) sockets.add((await get(agent, origin.port)).socket)

  expect(sockets.size).toBe(1)
  expect(agent.pool.stats().totals).toMatchObject({ dials: 1, got: 20, reused: 19 })
})

test('only what was sent on a connection opened before counts as reusing it', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()

  const first = send(agent, origin.port)
  await first.reply
  const second = send(agent, origin.port)
  await second.reply

  expect([first.req.reusedSocket, second.req.reusedSocket]).toEqual([false, true])
})

test.each([
  ['HEAD', 200],
  ['GET', 204],
  ['GET', 304],
])('a %s answered with %d, which has no body, keeps the connection', async (method, status) => {
  const headers = method === 'HEAD' ? { 'content-length': 5 } : {}
  const origin = await startOrigin((_, res) => res.writeHead(status, headers).end())
  const agent = newAgent()

  const { socket } = await get(agent, origin.port, { method })

  expect((await get(agent, origin.port, { method })).socket).toBe(socket)
})

test('a POST body arrives whole, and the connection is kept', async () => {
  const origin = await startOrigin((req, res) => req.pipe(res))
  const agent = newAgent()
  const body = 'x'.repeat(1_000_000)

  const { reply } = send(agent, origin.port, { method: 'POST', body })

  expect((await reply).body).toBe(body)
  expect(agent.pool.stats()).toMatchObject({ open: 1, idle: 1 })
})

test('an answer that comes before the request is all sent keeps the connection busy until it is', async () => {
  const origin = await startOrigin((req, res) => {
    res.end('early')
    req.resume()
  })
  const agent = newAgent()
  const req = request({ host: '127.0.0.1', port: origin.port, agent, method: 'POST' })
  req.write('first')
  const [res] = await once(req, 'response')
  await once(res.resume(), 'end')
  expect(agent.pool.stats().leased).toBe(1)

  req.end('last')

  await once(req, 'close')
  await expect.poll(() => agent.pool.stats().idle).toBe(1)
})

test('Connection: close ends the connection with the answer', async () => {
  const origin = await startOrigin((_, res) => res.setHeader('connection', 'close').end('ok'))
  const agent = newAgent()

  const { socket } = await get(agent, origin.port)

  if (!socket.closed) await once(socket, 'close')
  expect(agent.pool.stats().open).toBe(0)
})

test('a request that asks for Connection: close is not followed by another', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()

  const { socket } = await get(agent, origin.port, { headers: { connection: 'close' } })

  if (!socket.closed) await once(socket, 'close')
  expect(agent.pool.stats().open).toBe(0)
})

test('keepAlive: false opens a connection for each request and says so to the server', async () => {
  const seen: (string | undefined)[] = []
  const origin = await startOrigin((req, res) => {
    seen.push(req.headers.connection)
    res.end('ok')
  })
  const agent = newAgent({ keepAlive: false })

  await get(agent, origin.port)
  await get(agent, origin.port)

  expect(seen).toEqual(['close', 'close'])
  expect(agent.pool.stats().totals.dials).toBe(2)
})

test("the server's Keep-Alive hint shortens the idle time, with a margin", async () => {
  let now = 0
  const clock = { now: () => now, setTimeout: () => 0, clearTimeout: () => {} }
  const origin = await startOrigin((_, res) => res.setHeader('keep-alive', 'timeout=5').end('ok'))
  const agent = newAgent({ clock })
  const { socket } = await get(agent, origin.port)

  now = 4_499
  expect((await get(agent, origin.port)).socket).toBe(socket)
  now += 4_501
  expect((await get(agent, origin.port)).socket).not.toBe(socket)
})

test('Keep-Alive: timeout=0 keeps nothing', async () => {
  const origin = await startOrigin((_, res) => res.setHeader('keep-alive', 'timeout=0').end('ok'))
  const agent = newAgent()

  await get(agent, origin.port)

  expect(agent.pool.stats()).toMatchObject({ open: 0, totals: { closed: { discarded: 1 } } })
})

test('a connection that the server ends while idle is gone before the next request', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()
  const { socket } = await get(agent, origin.port)

  for (const end of origin.sockets) end.end()
  await once(socket, 'close')

  expect(agent.pool.stats()).toMatchObject({ open: 0, keys: 0 })
  expect((await get(agent, origin.port)).body).toBe('ok')
})

test('a connection on which the server sends what nobody asked for is not used again', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()
  const { socket } = await get(agent, origin.port)

  for (const end of origin.sockets) end.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison')
  await once(socket, 'close')

  expect((await get(agent, origin.port)).body).toBe('ok')
  expect(agent.pool.stats().totals.dials).toBe(2)
})

test('a second answer in the same packet does not become the answer of the next request', async () => {
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
  const origin = await startTcp((socket) => {
    socket.once('data', () => {
      socket.write(answer + answer.replace('ok', 'no'))
      socket.on('data', () => socket.write(answer))
    })
  })
  const agent = newAgent()

  await get(agent, origin.port).catch(() => {})

  expect((await get(agent, origin.port).catch(() => ({ body: 'failed' }))).body).not.toBe('no')
})

test('a server that restarts is found again', async () => {
  const origin = await startOrigin((_, res) => res.end('before'))
  const agent = newAgent()
  const { socket } = await get(agent, origin.port)
  await origin.stop()
  if (!socket.closed) await once(socket, 'close')
  expect(await errorOf(get(agent, origin.port))).toMatchObject({ code: 'ECONNREFUSED' })

  await startOrigin((_, res) => res.end('after'), origin.port)

  expect((await get(agent, origin.port)).body).toBe('after')
})

test('an overridden keepSocketAlive may refuse a connection, and reuseSocket sees each reuse', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const reused: string[] = []
  class Choosy extends HttpAgent {
    uses = 0
    override keepSocketAlive(): boolean {
      return ++this.uses < 3
    }
    override reuseSocket(...args: Parameters<HttpAgent['reuseSocket']>): void {
      super.reuseSocket(...args)
      reused.push(args[1].path)
    }
  }
  const agent = new Choosy()

  for (const path of ['/1', '/2', '/3', '/4']) await get(agent, origin.port, { path })

  expect(reused).toEqual(['/2', '/3'])
  expect(agent.pool.stats().totals.dials).toBe(2)
  agent.destroy()
})

test('listeners do not pile up on a connection', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent({ timeout: 10_000 })
  const { socket } = await get(agent, origin.port)
  const count = () => socket.eventNames().map((name) => [name, socket.listenerCount(name)])
  const before = count()

  for (let i = 0; i < 50; i++) await get(agent, origin.port, { timeout: 5_000 })

  expect(count()).toEqual(before)
  expect(socket.timeout).toBe(0)
})

test('idle connections do not keep the process alive', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()

  const { socket } = await get(agent, origin.port)

  const handle = (socket as unknown as { _handle: { hasRef(): boolean } })._handle
  expect(handle.hasRef()).toBe(false)
  const { req, reply } = send(agent, origin.port)
  await once(req, 'socket')
  expect(handle.hasRef()).toBe(true)
  await reply
})

test('a Unix domain socket is reached by socketPath', async () => {
  const socketPath = join(tmpdir(), `wantconn-${process.pid}.sock`)
  await startOrigin((_, res) => res.end('local'), socketPath)
  const agent = newAgent()

  const replies = [await get(agent, 80, { socketPath }), await get(agent, 80, { socketPath })]

  expect(replies.map(({ body }) => body)).toEqual(['local', 'local'])
  expect(agent.pool.stats().totals.dials).toBe(1)
})
