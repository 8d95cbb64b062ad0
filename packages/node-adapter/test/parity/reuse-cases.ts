import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import type { Agent } from 'node:http'
import type { Socket } from 'node:net'
import type { ParityCase } from './cases.ts'
import { type Kit, shape, until } from './kit.ts'

/** Connections that serve more than one request, and why others do not. */
export const reuseCases: readonly ParityCase[] = [
  {
    when: 'requests follow one another',
    async see(kit) {
      const { connections, agent, port } = await counted(kit)
      const reused: boolean[] = []
      for (let i = 0; i < 3; i++) {
        const { req, reply } = kit.send(agent, port)
        await reply
        reused.push(req.reusedSocket)
      }
      return { reused, connections: connections() }
    },
  },
  ...(
    [
      ['HEAD', 200],
      ['GET', 204],
      ['GET', 304],
    ] as const
  ).map(([method, status]) => ({
    when: `a ${method} is answered with ${status} and no body`,
    async see(kit: Kit) {
      const { connections, agent, port } = await counted(kit, (_, res) =>
        res.writeHead(status).end(),
      )
      for (let i = 0; i < 2; i++) await kit.get(agent, port, { method })
      return connections()
    },
  })),
  {
    when: 'the server says Connection: close',
    async see(kit) {
      const { connections, agent, port } = await counted(kit, (_, res) =>
        res.setHeader('connection', 'close').end(),
      )
      for (let i = 0; i < 2; i++) await kit.get(agent, port)
      return connections()
    },
  },
  {
    when: 'the request says Connection: close',
    async see(kit) {
      const { connections, agent, port } = await counted(kit)
      for (let i = 0; i < 2; i++) await kit.get(agent, port, { headers: { connection: 'close' } })
      return connections()
    },
  },
  {
    when: 'the server ends an idle connection',
    async see(kit) {
      const { connections, agent, port, origin } = await counted(kit)
      const { socket } = await kit.get(agent, port)
      for (const end of origin.sockets) end.end()
      if (!socket.closed) await once(socket, 'close')
      const { body } = await kit.get(agent, port)
      return { body, connections: connections() }
    },
  },
  {
    when: 'the server resets an idle connection',
    async see(kit) {
      const { connections, agent, port, origin } = await counted(kit)
      const { socket } = await kit.get(agent, port)
      for (const end of origin.sockets) end.resetAndDestroy()
      if (!socket.closed) await new Promise((resolve) => socket.on('close', resolve))
      const { body } = await kit.get(agent, port)
      return { body, connections: connections() }
    },
  },
  {
    when: 'the server sends bytes on an idle connection that nobody asked for',
    only: 'http',
    async see(kit) {
      const { agent, port, origin } = await counted(kit)
      const { socket } = await kit.get(agent, port)
      const [end] = origin.sockets
      const poison = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison'
      await new Promise((resolve) => end?.write(poison, resolve))
      await until(() => socket.destroyed || socket.bytesRead > poison.length + 100)
      const { body } = await kit.get(agent, port)
      return { body, wasClosed: socket.destroyed }
    },
  },
  {
    when: 'Keep-Alive: timeout=0 comes with an answer',
    async see(kit) {
      const { connections, agent, port } = await counted(kit, (_, res) =>
        res.setHeader('keep-alive', 'timeout=0').end(),
      )
      for (let i = 0; i < 2; i++) await kit.get(agent, port)
      return connections()
    },
  },
  {
    when: 'Keep-Alive: timeout=1 comes with an answer',
    async see(kit) {
      const { connections, agent, port } = await counted(kit, (_, res) =>
        res.setHeader('keep-alive', 'timeout=1').end(),
      )
      for (let i = 0; i < 2; i++) await kit.get(agent, port)
      return connections()
    },
  },
  {
    when: 'someone looks for a timer on an idle socket of an agent that has a timeout',
    async see(kit) {
      const { agent, port } = await counted(kit, undefined, { timeout: 5_000 })
      const { socket } = await kit.get(agent, port)
      return socket.timeout
    },
  },
  {
    when: 'a connection goes straight from one request to one that waits',
    async see(kit) {
      const origin = await kit.heldOrigin()
      const agent = await kit.agent({ maxSockets: 1 })
      const [first, second] = [kit.send(agent, origin.port), kit.send(agent, origin.port)]
      ;(await origin.next()).res.end()
      const { socket } = await first.reply
      ;(await origin.next()).res.end()
      const other = await second.reply
      return { sameSocket: other.socket === socket, reusedSocket: second.req.reusedSocket }
    },
  },
  {
    when: 'keepSocketAlive and reuseSocket are overridden, and requests follow one another',
    async see(kit) {
      const { agent, port } = await counted(kit)
      const seen = overridden(agent)
      for (let i = 0; i < 3; i++) await kit.get(agent, port)
      return seen
    },
  },
  {
    when: 'keepSocketAlive and reuseSocket are overridden, and one request waits for another',
    async see(kit) {
      const origin = await kit.heldOrigin()
      const agent = await kit.agent({ maxSockets: 1 })
      const seen = overridden(agent)
      const both = [kit.send(agent, origin.port), kit.send(agent, origin.port)]
      for (const { reply } of both) {
        ;(await origin.next()).res.end()
        await reply
      }
      return seen
    },
  },
  {
    when: 'keepSocketAlive says no',
    async see(kit) {
      const { connections, agent, port } = await counted(kit)
      Object.assign(agent, { keepSocketAlive: () => false })
      for (let i = 0; i < 2; i++) await kit.get(agent, port)
      return connections()
    },
  },
  {
    when: "a listener to 'free' of the agent counts",
    async see(kit) {
      const { agent, port } = await counted(kit)
      let freed = 0
      agent.on('free', () => freed++)
      for (let i = 0; i < 3; i++) await kit.get(agent, port)
      return freed
    },
  },
  {
    when: 'a timeout of one request is over, and another follows on its connection',
    async see(kit) {
      const { agent, port } = await counted(kit)
      const first = await kit.get(agent, port, { timeout: 5_000 })
      const { req, reply } = kit.send(agent, port)
      const [socket] = (await once(req, 'socket')) as [Socket]
      const seen = { same: socket === first.socket, timeout: socket.timeout }
      await reply
      return { ...seen, listeners: socket.listenerCount('timeout') > 1 }
    },
  },
  {
    when: 'the async context of a response on a connection that another context opened is looked at',
    async see(kit) {
      const { agent, port } = await counted(kit)
      return inContexts(async (context) => {
        await context.run('first', () => kit.get(agent, port))
        return context.run('second', async () => {
          const req = kit.request(agent, port).end()
          const seen: Record<string, unknown> = {}
          req.on('socket', () => (seen['socket'] = context.getStore()))
          req.on('response', (res) => {
            seen['response'] = context.getStore()
            res.on('data', () => {})
            res.on('end', () => (seen['end'] = context.getStore()))
          })
          await new Promise<void>((resolve) => req.on('close', resolve))
          return seen
        })
      })
    },
  },
  {
    when: 'the async context of an error on a connection that another context opened is looked at',
    async see(kit) {
      let requests = 0
      const { agent, port } = await counted(kit, (req, res) => {
        if (++requests === 1) res.end()
        else req.socket.destroy()
      })
      return inContexts(async (context) => {
        await context.run('first', () => kit.get(agent, port))
        return context.run(
          'second',
          () =>
            new Promise((resolve) => {
              const req = kit.request(agent, port).end()
              req.on('error', (error) =>
                resolve({ ...shape(error), store: context.getStore(), reused: req.reusedSocket }),
              )
            }),
        )
      })
    },
  },
]

function inContexts<T>(run: (context: AsyncLocalStorage<string>) => Promise<T>): Promise<T> {
  return run(new AsyncLocalStorage<string>())
}

/** An origin that counts its connections, and an agent for it. */
async function counted(kit: Kit, answer?: Parameters<Kit['origin']>[0], options: object = {}) {
  const origin = await kit.origin(answer)
  let connections = 0
  const event = kit.scheme === 'http' ? 'connection' : 'secureConnection'
  origin.server.on(event, () => connections++)
  const agent = await kit.agent(options)
  return { origin, agent, port: origin.port, connections: () => connections }
}

/** Counts the calls of both hooks, which still do what they do. */
function overridden(agent: Agent): { keepSocketAlive: number; reuseSocket: number } {
  const seen = { keepSocketAlive: 0, reuseSocket: 0 }
  const { keepSocketAlive, reuseSocket } = agent as unknown as Record<
    string,
    (...args: unknown[]) => unknown
  >
  Object.assign(agent, {
    keepSocketAlive(...args: unknown[]) {
      seen.keepSocketAlive++
      return keepSocketAlive?.apply(agent, args)
    },
    reuseSocket(...args: unknown[]) {
      seen.reuseSocket++
      return reuseSocket?.apply(agent, args)
    },
  })
  return seen
}
