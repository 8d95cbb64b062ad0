import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { Pool } from '@wantconn/pool-core'
import { expect, onTestFinished, test } from 'vitest'
import { HttpAgent, HttpsAgent } from '../src/agent/index.ts'
import { netAdapter } from '../src/index.ts'
import { errorOf, get, newAgent, newHttpsAgent, send } from './support/agent.ts'
import { startHttpsOrigin } from './support/https-origin.ts'
import { startOrigin, startTcp } from './support/origin.ts'
import { certificate } from './support/tls-origin.ts'

test('it is an https.Agent', () => {
  const agent = new HttpsAgent()

  expect(agent).toBeInstanceOf(https.Agent)
  expect(agent).toBeInstanceOf(http.Agent)
  expect(agent).toMatchObject({ protocol: 'https:', defaultPort: 443, keepAlive: true })
})

test.each([
  [{ rejectUnauthorized: 'no' }, /HttpsAgentOptions\.rejectUnauthorized.*"no"/],
  [{ ca: 5 }, /HttpsAgentOptions\.ca.*5/],
  [{ maxCachedSessions: 'all' }, /HttpsAgentOptions\.maxCachedSessions.*"all"/],
])('%o is refused', (options, message) => {
  expect(() => new HttpsAgent(options as never)).toThrow(TypeError)
  expect(() => new HttpsAgent(options as never)).toThrow(message)
})

test('requests one after the other use one connection, encrypted and verified', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const agent = await newHttpsAgent()

  const first = await get(agent, origin.port, { host: 'localhost' })
  const second = await get(agent, origin.port, { host: 'localhost' })

  expect(second).toMatchObject({ body: 'ok', socket: first.socket })
  expect(first.socket).toMatchObject({ encrypted: true, authorized: true })
  expect(origin.handshakes).toEqual([{ resumed: false, servername: 'localhost' }])
})

test('a certificate that nobody vouches for fails the request with the code that Node has for it', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const agent = await newHttpsAgent({ ca: (await certificate('another.test')).cert })

  const error = await errorOf(get(agent, origin.port))

  expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  expect(agent.pool.stats()).toMatchObject({ open: 0, dialing: 0 })
})

test('a certificate for another name fails the request as in Node', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const agent = await newHttpsAgent()

  const error = await errorOf(get(agent, origin.port, { servername: 'elsewhere.test' }))

  expect(error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID', host: 'elsewhere.test' })
})

test('a request that does not verify shares no connection with one that does', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const untrusting = { rejectUnauthorized: false }
  const agent = new HttpsAgent()
  onTestFinished(() => agent.destroy())

  expect((await get(agent, origin.port, untrusting)).body).toBe('ok')

  expect(await errorOf(get(agent, origin.port))).toMatchObject({
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  })
  expect((await get(agent, origin.port, untrusting)).body).toBe('ok')
  expect(agent.pool.stats().totals.opened).toBe(1)
})

test('a request with a checkServerIdentity of its own shares a connection only with its like', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const agent = await newHttpsAgent()
  const refused = new Error('not mine')
  const refuse = (): Error => refused
  const accept = (): undefined => undefined

  await get(agent, origin.port)
  expect(await errorOf(get(agent, origin.port, { checkServerIdentity: refuse }))).toBe(refused)
  const one = await get(agent, origin.port, { checkServerIdentity: accept })
  const other = await get(agent, origin.port, { checkServerIdentity: accept })

  expect(other.socket).toBe(one.socket)
  expect(agent.pool.stats().totals.opened).toBe(2)
})

test('the Host header says which name is asked for, and connections for two names are two', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const agent = await newHttpsAgent()

  const named = { headers: { host: 'origin.test:8443' } }
  const one = await get(agent, origin.port, named)
  const other = await get(agent, origin.port)
  const again = await get(agent, origin.port, named)

  expect(again.socket).toBe(one.socket)
  expect(other.socket).not.toBe(one.socket)
  expect(origin.handshakes.map(({ servername }) => servername)).toEqual(['origin.test', false])
})

test('a list of certificates made anew for each request is still the same', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const agent = new HttpsAgent()
  onTestFinished(() => agent.destroy())

  for (let i = 0; i < 3; i++) await get(agent, origin.port, { ca: [origin.cert] })

  expect(agent.pool.stats().totals.dials).toBe(1)
})

test('a client certificate is shown, and no key nor certificate in the key of the pool', async () => {
  const origin = await startHttpsOrigin(
    (req, res) => res.end(String((req.socket as never as { authorized: boolean }).authorized)),
    { requestCert: true, ca: (await certificate()).cert },
  )
  const agent = await newHttpsAgent({ ...(await certificate()) })

  const { body } = await get(agent, origin.port)

  expect(body).toBe('true')
  expect([...agent.pool.keys()].join()).not.toMatch(/BEGIN|MII/)
})

test('a dial that follows resumes the session', async () => {
  const origin = await startHttpsOrigin((_, res) => res.setHeader('connection', 'close').end('ok'))
  const agent = await newHttpsAgent()

  for (let i = 0; i < 4; i++) await get(agent, origin.port)

  expect(origin.handshakes.map(({ resumed }) => resumed)).toEqual([false, true, true, true])
})

test('maxCachedSessions: 0 keeps no session', async () => {
  const origin = await startHttpsOrigin((_, res) => res.setHeader('connection', 'close').end('ok'))
  const agent = await newHttpsAgent({ maxCachedSessions: 0 })

  for (let i = 0; i < 2; i++) await get(agent, origin.port)

  expect(origin.handshakes.map(({ resumed }) => resumed)).toEqual([false, false])
})

test('createConnection of a subclass may take Node’s own, and its socket has its handshake done', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const seen: unknown[] = []
  class Noting extends HttpsAgent {
    override createConnection(...args: Parameters<HttpsAgent['createConnection']>) {
      seen.push(args[0].servername, args[0].port)
      return super.createConnection(...args)
    }
  }
  const agent = new Noting({ ca: origin.cert })
  onTestFinished(() => agent.destroy())

  const { req, reply } = send(agent, origin.port, { host: 'localhost' })
  const [socket] = await once(req, 'socket')

  expect(socket.authorized).toBe(true)
  expect((await reply).body).toBe('ok')
  expect(seen).toEqual(['localhost', origin.port])
})

test('createConnection that fails in its handshake fails its request', async () => {
  const origin = await startTcp((socket) => socket.end('this is no TLS'))
  const agent = await newHttpsAgent()
  const original = agent.createConnection
  agent.createConnection = function (...args) {
    return original.apply(this, args)
  }

  expect((await errorOf(get(agent, origin.port))).code).toMatch(/^ERR_SSL|ECONNRESET|EPROTO/)
  expect(agent.pool.stats()).toMatchObject({ open: 0, dialing: 0 })
})

test('a handshake that never ends is left when the request is destroyed and the agent closed', async () => {
  const origin = await startTcp()
  const agent = await newHttpsAgent()
  const arrived = origin.connection()
  const { req, reply } = send(agent, origin.port)
  const end = await arrived

  req.destroy()
  await errorOf(reply)
  agent.destroy()

  if (!end.closed) await once(end.resume(), 'close')
  expect(agent.pool.stats()).toMatchObject({ open: 0, dialing: 0 })
})

test('tlsTimeoutMs ends a handshake that takes too long', async () => {
  const origin = await startTcp((socket) => socket.resume())
  const agent = await newHttpsAgent({ tlsTimeoutMs: 30 })

  const error = await errorOf(get(agent, origin.port))

  expect(error).toMatchObject({ code: 'ETIMEDOUT', phase: 'tls' })
  expect(error.message).toContain(`tls 127.0.0.1:${origin.port}`)
  expect(error.message).toContain('30 ms')
  await expect.poll(() => origin.sockets.size).toBe(0)
})

test('the secrets of a handshake are told to those who listen for them', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const agent = await newHttpsAgent()
  const lines: string[] = []
  agent.on('keylog', (line: Buffer) => lines.push(String(line)))

  await get(agent, origin.port)

  expect(lines.some((line) => line.startsWith('CLIENT_HANDSHAKE_TRAFFIC_SECRET'))).toBe(true)
})

test('an HttpAgent and an HttpsAgent share a pool, and no connection', async () => {
  const pool = new Pool(netAdapter(), { maxTotal: 1 })
  onTestFinished(() => pool.destroy())
  const plain = await startOrigin((_, res) => res.end('plain'))
  const secure = await startHttpsOrigin((_, res) => res.end('secure'))
  const ca = (await certificate()).cert
  const [one, other] = [newAgent({ pool }), new HttpsAgent({ pool, ca })]

  expect((await get(one, plain.port)).body).toBe('plain')
  expect((await get(other, secure.port)).body).toBe('secure')

  expect(pool.stats()).toMatchObject({ open: 1, totals: { dials: 2, closed: { evicted: 1 } } })
  expect(Object.keys(other.freeSockets)).toHaveLength(1)
  expect(one.freeSockets).toEqual({})
})

test('two agents with different certificate authorities share a pool, and no connection', async () => {
  const pool = new Pool(netAdapter())
  onTestFinished(() => pool.destroy())
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const trusting = new HttpsAgent({ pool, ca: origin.cert })
  const another = new HttpsAgent({ pool })

  await get(trusting, origin.port)

  expect(await errorOf(get(another, origin.port))).toMatchObject({
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  })
})

test('a Unix domain socket may speak TLS', async () => {
  const path = `/tmp/wantconn-${process.pid}-tls.sock`
  const origin = await startHttpsOrigin((_, res) => res.end('ok'), {}, path)
  const agent = new HttpsAgent({ ca: origin.cert })
  onTestFinished(() => agent.destroy())

  const { body } = await get(agent, 0, { socketPath: path, headers: { host: 'localhost' } })

  expect(body).toBe('ok')
  expect(origin.handshakes).toMatchObject([{ servername: 'localhost' }])
})

test('the names of its views are those of getName', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const agent = await newHttpsAgent()

  const { socket } = await get(agent, origin.port, { host: 'localhost' })

  const name = agent.getName({ host: 'localhost', port: origin.port, ca: origin.cert })
  expect(agent.freeSockets).toEqual({ [name]: [socket] })
})

test('what a getName of one’s own tells apart has connections of its own', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  class ByTenant extends HttpAgent {
    override getName(options?: http.ClientRequestArgs & { tenant?: string }): string {
      return `${super.getName(options)}:${options?.tenant}`
    }
  }
  const agent = new ByTenant()
  onTestFinished(() => agent.destroy())

  const one = await get(agent, origin.port, { tenant: 'a' } as object)
  const other = await get(agent, origin.port, { tenant: 'b' } as object)
  const again = await get(agent, origin.port, { tenant: 'a' } as object)

  expect(again.socket).toBe(one.socket)
  expect(other.socket).not.toBe(one.socket)
  expect(Object.keys(agent.freeSockets).map((name) => name.at(-1))).toEqual(['a', 'b'])
})

test('agents with a getName of their own share a pool, and what their names tell apart is apart', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const pool = new Pool(netAdapter())
  onTestFinished(() => pool.destroy())
  const [plain, one, same, other] = [undefined, 'one', 'one', 'other'].map((name) => {
    const agent = new HttpAgent({ pool })
    if (name !== undefined) agent.getName = () => `${name} with a secret`
    return agent
  }) as [HttpAgent, HttpAgent, HttpAgent, HttpAgent]

  const sockets: unknown[] = []
  for (const agent of [plain, one, same, other]) {
    sockets.push((await get(agent, origin.port)).socket)
  }

  expect(sockets[2]).toBe(sockets[1])
  expect(new Set(sockets).size).toBe(3)
  expect([...pool.keys()].join()).not.toContain('secret')
  expect(Object.keys(one.freeSockets)).toEqual(['one with a secret'])
})

test('a list of certificates that is changed is another list from then on', async () => {
  const origin = await startHttpsOrigin((_, res) => res.setHeader('connection', 'close').end('ok'))
  const ca = [(await certificate()).cert]
  const agent = await newHttpsAgent({ ca })
  expect((await get(agent, origin.port, { host: 'localhost' })).body).toBe('ok')

  ca[0] = (await certificate('another')).cert
  const error = await errorOf(get(agent, origin.port, { host: 'localhost' }))

  expect(error.code).toMatch(/SELF_SIGNED|UNABLE_TO/)
})
