import { HttpAgent } from '@wantconn/node-adapter/agent'
import { httpGet } from './http-get.ts'
import type { PeerKind } from './peer.ts'

/** Ours, as it comes. */
export const wantconnAgent: PeerKind = {
  name: 'wantconn HttpAgent',
  start(route) {
    const agent = new HttpAgent(route.lookup && { lookup: route.lookup })
    return { get: () => httpGet(route, agent), close: () => agent.destroy() }
  },
}
