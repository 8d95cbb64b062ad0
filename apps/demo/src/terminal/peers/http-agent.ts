import { Agent } from 'node:http'
import { httpGet } from './http-get.ts'
import type { PeerKind } from './peer.ts'

/** Node's own, set up for reuse and without limits. */
export const httpAgent: PeerKind = {
  name: 'http.Agent',
  start(route) {
    const agent = new Agent({ keepAlive: true, ...(route.lookup && { lookup: route.lookup }) })
    return { get: () => httpGet(route, agent), close: () => agent.destroy() }
  },
}
