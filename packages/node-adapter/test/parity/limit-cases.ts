import type { ParityCase } from './cases.ts'
import { type Kit, soon, until } from './kit.ts'

/** `maxSockets` and the others. */
export const limitCases: readonly ParityCase[] = [
  {
    when: 'more requests than maxSockets come',
    async see(kit) {
      const origin = await kit.heldOrigin()
      const agent = await kit.agent({ maxSockets: 2 })
      const paths = ['/1', '/2', '/3', '/4', '/5']
      const sent = paths.map((path) => kit.send(agent, origin.port, { path }))
      const seen: unknown[] = []
      for (const _ of paths) {
        const { req, res } = await origin.next()
        seen.push(req.url, origin.sockets.size <= 2)
        res.end()
      }
      await Promise.all(sent.map(({ reply }) => reply))
      return seen.sort()
    },
  },
  {
    when: 'someone looks at sockets, requests and freeSockets while requests wait and after',
    async see(kit) {
      const origin = await kit.heldOrigin()
      const agent = await kit.agent({ maxSockets: 1 })
      const look = () =>
        [agent.sockets, agent.requests, agent.freeSockets].map((view) =>
          Object.entries(view).map(([name, all]) => [
            name.replace(String(origin.port), 'PORT'),
            all?.length,
          ]),
        )
      const both = [kit.send(agent, origin.port), kit.send(agent, origin.port)]
      const { res } = await origin.next()
      const seen = [look()]
      res.end()
      ;(await origin.next()).res.end()
      await Promise.all(both.map(({ reply }) => reply))
      return [...seen, look()]
    },
  },
  {
    when: 'someone looks at sockets and requests while a dial is under way',
    async see(kit) {
      const origin = await kit.origin()
      const agent = await kit.agent()
      const { reply } = kit.send(agent, origin.port)
      const seen = [agent.sockets, agent.requests].map((view) => Object.keys(view).length)
      await reply
      return seen
    },
  },
  {
    when: 'more connections than maxFreeSockets become idle',
    async see(kit) {
      const origin = await kit.heldOrigin()
      const agent = await kit.agent({ maxFreeSockets: 1 })
      const three = [1, 2, 3].map(() => kit.send(agent, origin.port))
      await until(() => origin.held.length === 3)
      for (const { res } of origin.held) res.end()
      await Promise.all(three.map(({ reply }) => reply))
      return Object.values(agent.freeSockets).map((all) => all?.length)
    },
  },
  ...(['lifo', 'fifo'] as const).map((scheduling) => ({
    when: `scheduling is ${scheduling}`,
    async see(kit: Kit) {
      const origin = await kit.heldOrigin()
      const agent = await kit.agent({ scheduling })
      const both = [kit.send(agent, origin.port), kit.send(agent, origin.port)]
      for (const { reply } of both) {
        const { res } = await origin.next()
        res.end()
        await reply.catch(() => {})
      }
      const [first, second] = await Promise.all(both.map(({ reply }) => reply))
      const third = kit.send(agent, origin.port)
      ;(await origin.next()).res.end()
      const { socket } = await third.reply
      return { first: socket === first?.socket, second: socket === second?.socket }
    },
  })),
  {
    when: 'maxTotalSockets is reached by idle connections of another origin',
    async see(kit) {
      const agent = await kit.agent({ maxTotalSockets: 1 })
      const [one, other] = [await kit.origin(), await kit.origin()]
      await kit.get(agent, one.port)
      return soon(kit.get(agent, other.port).then(({ body }) => body))
    },
  },
  {
    when: 'requests to three origins wait for the one place of maxTotalSockets, the last but one of them longest',
    async see(kit) {
      const agent = await kit.agent({ maxTotalSockets: 1 })
      const order: string[] = []
      const origins = await Promise.all(['a', 'b', 'c'].map(() => kit.heldOrigin()))
      const [a, b, c] = origins as [(typeof origins)[0], (typeof origins)[0], (typeof origins)[0]]
      const close = { headers: { connection: 'close' } }
      const sent = [a, b, c, b, a].map(({ port }) => kit.send(agent, port, close))
      const names = new Map([
        [a, 'a'],
        [b, 'b'],
        [c, 'c'],
      ])
      for (const _ of sent) {
        await until(() => origins.some(({ held }) => held.length > 0))
        const origin = origins.find(({ held }) => held.length > 0)
        order.push(names.get(origin as typeof a) ?? '')
        origin?.held.shift()?.res.end()
      }
      await Promise.all(sent.map(({ reply }) => reply))
      return order
    },
  },
  {
    when: 'maxSockets of an agent is changed after it was made',
    async see(kit) {
      const origin = await kit.heldOrigin()
      const agent = await kit.agent()
      agent.maxSockets = 1
      const both = [kit.send(agent, origin.port), kit.send(agent, origin.port)]
      await origin.next()
      const second = await soon(until(() => origin.held.length === 2).then(() => 'both at once'))
      for (const { req } of both) req.destroy()
      return second
    },
  },
]
