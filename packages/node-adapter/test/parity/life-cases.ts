import { once } from 'node:events'
import type { ClientRequest } from 'node:http'
import type { ParityCase } from './cases.ts'
import { type Kit, shape, soon, until } from './kit.ts'

/** How a request may end in the middle of its life, and what becomes of its connection. */
export const lifeCases: readonly ParityCase[] = [
  {
    when: 'an answer is destroyed by its reader',
    see: (kit) =>
      ended(kit, (req) => req.on('response', (res) => res.once('data', () => res.destroy()))),
  },
  {
    when: 'an answer is destroyed by its reader with an error',
    see: (kit) =>
      ended(kit, (req) =>
        req.on('response', (res) => res.once('data', () => res.destroy(new Error('mine')))),
      ),
  },
  {
    when: 'a request is destroyed as its answer begins',
    see: (kit) => ended(kit, (req) => req.on('response', () => req.destroy())),
  },
  {
    when: 'a request is destroyed as it gets its socket',
    see: (kit) => ended(kit, (req) => req.on('socket', () => req.destroy())),
  },
  {
    when: 'a request is destroyed as it has been sent',
    see: (kit) => ended(kit, (req) => req.on('finish', () => req.destroy())),
  },
  {
    when: 'a request is aborted in the old way as its answer begins',
    see: (kit) => ended(kit, (req) => req.on('response', () => req.abort())),
  },
  {
    when: 'the socket of a request is destroyed as its answer begins',
    see: (kit) => ended(kit, (req) => req.on('response', (res) => res.socket.destroy())),
  },
  {
    when: 'an agent is destroyed as an answer begins',
    see: (kit) => ended(kit, (req, agent) => req.on('response', () => agent.destroy())),
  },
  {
    when: 'an agent is destroyed twice',
    see: (kit) =>
      ended(kit, (_, agent) => {
        agent.destroy()
        agent.destroy()
      }),
  },
  {
    when: 'nobody listens for the answer',
    async see(kit) {
      const { port } = await kit.origin()
      const agent = await kit.agent()
      const req = kit.request(agent, port).end()
      await once(req, 'close')
      await until(() => Object.keys(agent.freeSockets).length === 1)
      return req.destroyed
    },
  },
  {
    when: 'a body is sent piece by piece, from before there is a socket',
    async see(kit) {
      const { port } = await kit.origin((req, res) => req.pipe(res))
      const req = kit.request(await kit.agent(), port, { method: 'POST' })
      req.write('one ')
      const answered = once(req, 'response')
      await once(req, 'socket')
      req.write('two ')
      await new Promise((resolve) => setTimeout(resolve, 10))
      req.end('three')
      const [res] = await answered
      return (await res.toArray()).join('')
    },
  },
  {
    when: 'an answer that is not read holds its connection',
    async see(kit) {
      const { port } = await kit.origin((_, res) => res.end('x'.repeat(300_000)))
      const agent = await kit.agent({ maxSockets: 1 })
      const req = kit.request(agent, port).end()
      const [res] = await once(req, 'response')
      const second = kit.get(agent, port).then(({ body }) => body.length)
      const before = await soon(second)
      res.resume()
      return { before, after: await second }
    },
  },
  {
    when: 'setTimeout is called once the answer has begun, and it stops coming',
    async see(kit) {
      const { port } = await kit.origin((_, res) => void res.write('half'))
      const agent = await kit.agent()
      const req = kit.request(agent, port).end()
      const [res] = await once(req, 'response')
      res.resume()
      req.setTimeout(30)
      await once(req, 'timeout')
      req.destroy()
      const error = await once(res, 'error').then(([each]) => shape(each))
      await until(() => Object.values(agent.sockets).flat().length === 0)
      return error
    },
  },
  {
    when: 'a request and its agent both have a timeout',
    async see(kit) {
      const origin = await kit.origin()
      const agent = await kit.agent({ timeout: 20_000 })
      const req = kit.request(agent, origin.port, { timeout: 10_000 }).end()
      const [res] = await once(req, 'response')
      const { timeout } = res.socket
      await once(res.resume(), 'end')
      return timeout
    },
  },
  {
    when: 'a request says timeout: 0, and its agent has one',
    async see(kit) {
      const origin = await kit.origin()
      const agent = await kit.agent({ timeout: 10_000 })
      const req = kit.request(agent, origin.port, { timeout: 0 }).end()
      const [socket] = await once(req, 'socket')
      const timeout = socket.timeout || 0
      const [res] = await once(req, 'response')
      await once(res.resume(), 'end')
      return timeout
    },
  },
]

/** A request whose answer is long, and how it ends; then another by the same agent. */
async function ended(
  kit: Kit,
  disturb: (req: ClientRequest, agent: Awaited<ReturnType<Kit['agent']>>) => unknown,
): Promise<object> {
  const origin = await kit.origin((_, res) => void res.end('x'.repeat(3_000_000)))
  const agent = await kit.agent()
  const seen: unknown[] = []
  const req = kit.request(agent, origin.port).end()
  req.on('error', (error) => seen.push(shape(error)))
  req.on('response', (res) => {
    res.on('error', (error) => seen.push({ response: shape(error) }))
    res.on('aborted', () => seen.push('aborted'))
    res.on('end', () => seen.push('end'))
    res.resume()
  })
  disturb(req, agent)
  await new Promise((resolve) => req.on('close', resolve))
  await new Promise((resolve) => setTimeout(resolve, 5))
  const reused = await kit.get(agent, origin.port).then(({ body }) => body.length, shape)
  await until(() => Object.values(agent.sockets).flat().length === 0)
  return { seen, reused, idle: Object.values(agent.freeSockets).flat().length }
}
