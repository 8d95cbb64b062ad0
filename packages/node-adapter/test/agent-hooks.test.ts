import { once } from 'node:events'
import http, {
  type Agent,
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
} from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { HttpAgent, HttpsAgent } from '../src/agent/index.ts'
import { errorOf, get, newAgent, send } from './support/agent.ts'
import { startHeldOrigin } from './support/held-origin.ts'
import { startHttpsOrigin } from './support/https-origin.ts'
import { startOrigin } from './support/origin.ts'
import { collectUncaught } from './support/uncaught.ts'

test("'free' is emitted with the socket and the options of its request, before that is idle", async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()
  const freed = once(agent, 'free')

  const { socket } = await get(agent, origin.port, { path: '/x' })

  const [freeSocket, options] = await freed
  expect(freeSocket).toBe(socket)
  expect(options).toMatchObject({ port: origin.port, host: '127.0.0.1' })
})

test("a listener to 'free' that throws has thrown, and the socket is free all the same", async () => {
  const { port } = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent({ maxSockets: 1 })
  const uncaught = collectUncaught()
  const thrown = new Error('of a listener')
  agent.once('free', () => {
    throw thrown
  })

  await get(agent, port)
  expect((await get(agent, port)).body).toBe('ok')

  expect(uncaught).toEqual([thrown])
  await expect.poll(() => agent.pool.stats()).toMatchObject({ open: 1, leased: 0 })
})

test('a request that its socket cannot be prepared for leaves none behind', async () => {
  const { port } = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent({ maxSockets: 1 })
  const { socket } = await get(agent, port)
  await expect.poll(() => agent.pool.stats().idle).toBe(1)
  socket.setTimeout = () => {
    throw new Error('not this one')
  }

  expect(() => send(agent, port, { timeout: 100 })).toThrow('not this one')
  expect((await get(agent, port)).body).toBe('ok')

  expect(agent.pool.stats()).toMatchObject({ open: 1 })
})

test("a socket that a listener to 'free' destroys is not used again", async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()
  agent.on('free', (socket: Socket) => socket.destroy())

  await get(agent, origin.port)
  await get(agent, origin.port)

  expect(agent.pool.stats().totals).toMatchObject({ dials: 2, reused: 0 })
})

test("'agentRemove' takes a socket out of pool and views", async () => {
  const origin = await startHeldOrigin()
  const agent = newAgent()
  const { req, reply } = send(agent, origin.port)
  const { res } = await origin.request()

  req.socket?.emit('agentRemove')

  expect(agent.pool.stats()).toMatchObject({ open: 0, totals: { detached: 1 } })
  expect([agent.sockets, agent.freeSockets]).toEqual([{}, {}])
  res.end('ok')
  const { socket } = await reply
  expect(agent.freeSockets).toEqual({})
  socket.destroy()
})

test('removeSocket() does the same', async () => {
  const origin = await startHeldOrigin()
  const agent = newAgent({ maxSockets: 1 })
  const first = send(agent, origin.port)
  const { res } = await origin.request()
  const second = send(agent, origin.port)

  agent.removeSocket(first.req.socket as Socket)

  ;(await origin.request()).res.end('second')
  expect((await second.reply).body).toBe('second')
  res.end('first')
  ;(await first.reply).socket.destroy()
})

test('createSocket() opens a socket beside the pool', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()
  const req = request({ port: origin.port, host: '127.0.0.1', agent }).end()
  await once(req, 'response').then(([res]) => res.resume())

  const socket = await new Promise<Socket>((resolve, reject) => {
    const options = { host: '127.0.0.1', port: origin.port }
    agent.createSocket(req, options, (error, opened) => (opened ? resolve(opened) : reject(error)))
  })

  expect(socket).not.toBe(req.socket)
  expect(agent.pool.stats().open).toBe(1)
  socket.destroy()
})

test('createSocket() calls back once, in whatever way createConnection brings the socket', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()
  const { req } = send(agent, origin.port)
  const options = { host: '127.0.0.1', port: origin.port }
  let calls = 0

  const opened = await new Promise<Socket>((resolve) => {
    agent.createSocket(req, options, (_, socket) => {
      calls++
      resolve(socket as Socket)
    })
  })
  await once(opened, 'connect')

  expect(calls).toBe(1)
  opened.destroy()
})

test('createConnection may bring any stream: it is kept alive like a socket', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent({ maxSockets: 1 })
  let opened = 0
  agent.createConnection = (options) => {
    opened++
    const socket = connect(options as { port: number })
    return Duplex.from({ readable: socket, writable: socket }) as Socket
  }

  for (let i = 0; i < 3; i++) expect((await get(agent, origin.port)).body).toBe('ok')

  expect(opened).toBe(1)
  for (const end of origin.sockets) end.end()
  await expect.poll(() => agent.pool.stats().open).toBe(0)
})

test.each([
  ['a URL', (port: number, agent: Agent) => request(`http://[::1]:${port}/`, { agent })],
  ['an address', (port: number, agent: Agent) => request({ host: '::1', port, agent })],
])('IPv6 is reached by %s', async (_, ask) => {
  const server = createServer((req, res) => res.end(req.headers.host)).listen(0, '::1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const agent = newAgent()

  const req = ask(port, agent).end()
  const [res] = (await once(req, 'response')) as [IncomingMessage]

  expect((await res.toArray()).join('')).toBe(`[::1]:${port}`)
  expect([...agent.pool.keys()]).toEqual([`tcp [::1]:${port}`])
})

test('keepSocketAlive of a subclass decides, and may take the one it overrides', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  let keeps = true
  class Choosy extends HttpAgent {
    override keepSocketAlive(socket: Socket): boolean {
      return super.keepSocketAlive(socket) && keeps
    }
  }
  const agent = new Choosy()
  onTestFinished(() => agent.destroy())

  await get(agent, origin.port)
  expect(agent.pool.stats().idle).toBe(1)
  keeps = false
  await get(agent, origin.port)

  expect(agent.pool.stats()).toMatchObject({ open: 0, totals: { dials: 1 } })
})

test('a keepSocketAlive that throws keeps nothing, and leaks nothing', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()
  agent.keepSocketAlive = () => {
    throw new Error('undecided')
  }
  const thrown = new Promise((resolve) => process.once('uncaughtException', resolve))
  const handlers = process.listeners('uncaughtException').slice(0, -1)
  for (const handler of handlers) process.off('uncaughtException', handler)
  onTestFinished(() => handlers.forEach((handler) => void process.on('uncaughtException', handler)))

  await get(agent, origin.port).catch(() => {})

  expect(await thrown).toMatchObject({ message: 'undecided' })
  expect(agent.pool.stats()).toMatchObject({ open: 0, leased: 0 })
})

test('reuseSocket of a subclass sees each reuse', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const seen: unknown[] = []
  class Noting extends HttpAgent {
    override reuseSocket(socket: Socket, req: ClientRequest): void {
      seen.push(socket)
      super.reuseSocket(socket, req)
    }
  }
  const agent = new Noting()
  onTestFinished(() => agent.destroy())

  const { socket } = await get(agent, origin.port)
  expect(seen).toEqual([])
  const { req, reply } = send(agent, origin.port)
  await reply

  expect(seen).toEqual([socket])
  expect(req.reusedSocket).toBe(true)
})

test('a reuseSocket that throws throws from http.request, and the socket is closed', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()
  await get(agent, origin.port)
  agent.reuseSocket = () => {
    throw new Error('not this one')
  }

  expect(() => send(agent, origin.port)).toThrow('not this one')

  await expect.poll(() => agent.pool.stats()).toMatchObject({ open: 0, leased: 0 })
})

test('a reuseSocket that throws fails a request that waited', async () => {
  const origin = await startHeldOrigin()
  const agent = newAgent({ maxSockets: 1 })
  const first = send(agent, origin.port)
  const { res } = await origin.request()
  const second = send(agent, origin.port)
  agent.reuseSocket = () => {
    throw new Error('not this one')
  }

  res.end()
  await first.reply

  expect(await errorOf(second.reply)).toMatchObject({ message: 'not this one' })
  await expect.poll(() => agent.pool.stats()).toMatchObject({ open: 0, leased: 0 })
})

test('createConnection gets what it gets in Node', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const given: Record<string, unknown>[] = []
  const note = (agent: http.Agent): void => {
    agent.createConnection = (options) => {
      given.push({ ...options })
      return connect(options as { port: number })
    }
  }
  const options = { keepAlive: true, keepAliveMsecs: 5_000, localAddress: '127.0.0.1' }
  const nodes = new http.Agent(options)
  onTestFinished(() => nodes.destroy())
  const ours = newAgent(options)
  note(nodes)
  note(ours)

  await get(nodes, origin.port, { path: '/x', timeout: 5_000, headers: { a: 'b' } })
  await get(ours, origin.port, { path: '/x', timeout: 5_000, headers: { a: 'b' } })

  const [theirs, own] = given.map((each) => ({ ...each, agent: undefined, timeout: undefined }))
  // Node asks for the SNI of plain connections too, and hands its agent's own options on.
  const {
    servername: _,
    scheduling: __,
    noDelay: ___,
    ...expected
  } = theirs as never as Record<string, unknown>
  expect(own).toMatchObject(expected)
})

test('an option that only Node’s connect knows is given to it', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent({ localPort: undefined })
  let asked = 0
  const lookup = (...args: unknown[]): void => {
    asked++
    const [, options, callback] = args as [string, { all?: boolean }, (...a: unknown[]) => void]
    if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
    else callback(null, '127.0.0.1', 4)
  }

  await get(agent, origin.port, { host: 'nowhere.invalid', lookup: lookup as never })

  expect(asked).toBe(1)
})

test('the lookup of an agent is asked when its addresses are raced', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const found = [
    { address: '127.0.0.2', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ]
  const agent = newAgent({
    lookup: (_, __, callback) => (callback as (...args: unknown[]) => void)(null, found),
  })

  expect((await get(agent, origin.port, { host: 'nowhere.invalid' })).body).toBe('ok')
})

test('agent: false keeps nothing alive, also where the global agent is one of ours', async () => {
  const origin = await startOrigin((req, res) => res.end(req.headers.connection))
  const before = http.globalAgent
  onTestFinished(() => void Object.assign(http, { globalAgent: before }))
  http.globalAgent = new HttpAgent()

  const req = http.get({ port: origin.port, host: '127.0.0.1', agent: false })
  const [res] = await once(req, 'response')

  expect(req).toMatchObject({ agent: expect.any(HttpAgent) })
  expect((await res.toArray()).join('')).toBe('close')
  await expect.poll(() => origin.sockets.size).toBe(0)
})

test('both agents can be the global ones, for what does not name an agent', async () => {
  const https = (await import('node:https')).default
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const before = https.globalAgent
  const agent = new HttpsAgent({ ca: origin.cert })
  onTestFinished(() => {
    https.globalAgent = before
    agent.destroy()
  })
  https.globalAgent = agent

  const [res] = await once(https.get(`https://localhost:${origin.port}/`), 'response')

  expect((await res.toArray()).join('')).toBe('ok')
  await expect.poll(() => agent.pool.stats()).toMatchObject({ idle: 1, totals: { dials: 1 } })
})

test('the server’s hint is cut by agentKeepAliveTimeoutBuffer, if given', async () => {
  let now = 0
  const clock = { now: () => now, setTimeout: () => 0, clearTimeout: () => {} }
  const origin = await startOrigin((_, res) => res.setHeader('keep-alive', 'timeout=5').end('ok'))
  const agent = newAgent({ clock, agentKeepAliveTimeoutBuffer: 3_000 })
  const { socket } = await get(agent, origin.port)

  now += 1_999
  expect((await get(agent, origin.port)).socket).toBe(socket)
  now += 2_001
  expect((await get(agent, origin.port)).socket).not.toBe(socket)
})

test('a reused socket has the highWaterMark that its request wants', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()
  await get(agent, origin.port)

  const { socket } = await get(agent, origin.port, { highWaterMark: 1_234 } as object)

  expect(socket.writableHighWaterMark).toBe(1_234)
})

test('the coldest idle connections beyond maxIdle go, whatever their origin', async () => {
  const origin = await startOrigin((req, res) => res.end(req.headers.host))
  const agent = newAgent({ lookup: (_, __, answer) => answer(null, '127.0.0.1', 4), maxIdle: 5 })

  for (let i = 0; i < 20; i++) {
    const { body } = await get(agent, origin.port, { host: `h${i % 10}.invalid` })
    expect(body).toBe(`h${i % 10}.invalid:${origin.port}`)
  }

  expect(agent.pool.stats()).toMatchObject({ idle: 5, totals: { dials: 20 } })
})
