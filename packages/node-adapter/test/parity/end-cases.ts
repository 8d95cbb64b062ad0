import type { ParityCase } from './cases.ts'
import { shape, soon, until } from './kit.ts'

/** `destroy()` of an agent. */
export const endCases: readonly ParityCase[] = [
  {
    when: 'an agent is destroyed while a request is under way',
    async see(kit) {
      const origin = await kit.heldOrigin()
      const agent = await kit.agent()
      const { reply } = kit.send(agent, origin.port)
      await origin.next()
      agent.destroy()
      return reply.catch(shape)
    },
  },
  {
    when: 'an agent is destroyed while a request waits for maxSockets',
    async see(kit) {
      const origin = await kit.heldOrigin()
      const agent = await kit.agent({ maxSockets: 1 })
      const first = kit.send(agent, origin.port)
      await origin.next()
      const second = kit.send(agent, origin.port)
      agent.destroy()
      await first.reply.catch(() => {})
      const ended = soon(second.reply.then(() => 'answered', shape))
      await soon(origin.next().then(({ res }) => res.end()))
      return ended
    },
  },
  {
    when: 'an agent is destroyed while a connection is idle',
    async see(kit) {
      const origin = await kit.origin()
      const agent = await kit.agent()
      const { socket } = await kit.get(agent, origin.port)
      agent.destroy()
      const destroyed = socket.destroyed
      await until(() => origin.sockets.size === 0)
      return destroyed
    },
  },
  {
    when: 'an agent is used again after it was destroyed',
    async see(kit) {
      const origin = await kit.origin()
      const agent = await kit.agent()
      await kit.get(agent, origin.port)
      agent.destroy()
      return (await kit.get(agent, origin.port)).body
    },
  },
]
