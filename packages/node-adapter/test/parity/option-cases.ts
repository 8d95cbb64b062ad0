import http from 'node:http'
import https from 'node:https'
import type { ParityCase } from './cases.ts'

/** What an agent is made with, and what it says of itself. */
export const optionCases: readonly ParityCase[] = [
  {
    when: 'an agent is made without options',
    async see(kit) {
      const { keepAlive } = kit.plainAgent() as never as { keepAlive: boolean }
      return keepAlive
    },
  },
  {
    when: 'someone looks at the limits of an agent made without options',
    async see(kit) {
      const { maxSockets, maxTotalSockets, maxFreeSockets } = kit.plainAgent()
      return { maxSockets, maxTotalSockets, maxFreeSockets }
    },
  },
  {
    when: 'someone looks at what else an agent says of itself',
    async see(kit) {
      const agent = kit.plainAgent() as never as Record<string, unknown>
      const { protocol, defaultPort, scheduling, keepAliveMsecs } = agent
      const isOf = [http.Agent, https.Agent].map((type) => kit.plainAgent() instanceof type)
      return { protocol, defaultPort, scheduling, keepAliveMsecs, isOf }
    },
  },
  {
    when: 'the name of an origin is asked for',
    async see(kit) {
      const agent = await kit.agent()
      return [
        agent.getName(),
        agent.getName({ host: 'a', port: 1, localAddress: '127.0.0.1', family: 4 }),
        agent.getName({ host: 'a', port: 1, socketPath: '/x' }),
        agent.getName({ host: 'a', port: 1, servername: 'b', ciphers: 'c' } as object),
      ]
    },
  },
  {
    when: 'keepAlive is false',
    async see(kit) {
      const origin = await kit.origin((req, res) => res.end(req.headers.connection))
      const agent = await kit.agent({ keepAlive: false })
      const { req, reply } = kit.send(agent, origin.port)
      const { body } = await reply
      return { body, shouldKeepAlive: req.shouldKeepAlive }
    },
  },
  {
    when: 'keepAlive is false and maxSockets is given, and one request waits for another',
    async see(kit) {
      const seen: unknown[] = []
      const origin = await kit.origin((req, res) => {
        seen.push(req.headers.connection)
        res.end()
      })
      const agent = await kit.agent({ keepAlive: false, maxSockets: 1 })
      const both = [kit.send(agent, origin.port), kit.send(agent, origin.port)]
      const [one, other] = await Promise.all(both.map(({ reply }) => reply))
      return { seen, same: one?.socket === other?.socket }
    },
  },
  {
    when: 'agent: false is asked for while such an agent is the global one',
    async see(kit) {
      const origin = await kit.origin((req, res) => res.end(req.headers.connection))
      const module = kit.scheme === 'http' ? http : https
      const before = module.globalAgent
      module.globalAgent = kit.plainAgent() as https.Agent
      try {
        const options = { host: '127.0.0.1', port: origin.port, rejectUnauthorized: false }
        const [res] = await new Promise<[http.IncomingMessage]>((resolve, reject) => {
          const req = module.get({ ...options, agent: false }, (answer) => resolve([answer]))
          req.on('error', reject)
        })
        return (await res.toArray()).join('')
      } finally {
        module.globalAgent = before
      }
    },
  },
  {
    when: 'maxSockets is no number',
    async see(kit) {
      try {
        await kit.agent({ maxSockets: 'many' as never })
        return 'it is taken'
      } catch (error) {
        return (error as Error).name
      }
    },
  },
  {
    when: 'maxTotalSockets is 0',
    async see(kit) {
      try {
        await kit.agent({ maxTotalSockets: 0 })
        return 'it is taken'
      } catch (error) {
        return (error as Error).name
      }
    },
  },
  {
    when: 'scheduling is neither lifo nor fifo',
    async see(kit) {
      try {
        await kit.agent({ scheduling: 'random' as never })
        return 'it is taken'
      } catch (error) {
        return (error as Error).name
      }
    },
  },
  {
    when: 'the agent has a host and a port of its own',
    async see(kit) {
      const origin = await kit.origin()
      const agent = await kit.agent({ host: '127.0.0.1', port: origin.port } as object)
      return (await kit.get(agent, 1, { host: 'origin.test' })).body
    },
  },
]
