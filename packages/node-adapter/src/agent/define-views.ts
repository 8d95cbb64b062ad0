import type { Agent } from 'node:http'
import type { AgentRequests } from './agent-requests.ts'

/** In place of Node's bookkeeping, which its constructor has prepared. */
export function defineViews(agent: Agent, { views, pool }: AgentRequests): void {
  // It would take the sockets for its own.
  agent.removeAllListeners('free')
  const live = (get: () => unknown): PropertyDescriptor => ({ get, enumerable: true })
  Object.defineProperties(agent, {
    requests: live(() => views.requests),
    sockets: live(() => views.sockets),
    freeSockets: live(() => views.freeSockets),
    totalSocketCount: live(() => {
      const { open, dialing } = pool.stats()
      return open + dialing
    }),
  })
}
