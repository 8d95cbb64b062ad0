import http from 'node:http'
import https from 'node:https'
import { type Contender, type ContenderSetup, limitOf } from './contender.ts'
import { nodeGet } from './node-get.ts'

/** Node's own agents, set up for reuse. */
export function nodeAgent({ lookup, ca, levers, idleMs }: ContenderSetup): Contender {
  const { protocol, maxPerKey, maxTotal } = levers
  const options = {
    keepAlive: true,
    maxSockets: limitOf(maxPerKey),
    maxTotalSockets: limitOf(maxTotal),
    maxFreeSockets: 1_024,
    timeout: idleMs,
    lookup,
  }
  const agent =
    protocol === 'http/1.1' ? new http.Agent(options) : new https.Agent({ ...options, ca })
  const note = protocol === 'h2' ? 'HTTP/1.1 over TLS: Node has no agent for HTTP/2' : ''
  return {
    info: { id: 'agent', name: protocol === 'http/1.1' ? 'http.Agent' : 'https.Agent', note },
    get open() {
      return count(agent.sockets) + count(agent.freeSockets)
    },
    get: (url, signal) => nodeGet(url, agent, signal),
    close: () => agent.destroy(),
  }
}

function count(sockets: NodeJS.ReadOnlyDict<readonly unknown[]>): number {
  return Object.values(sockets).reduce((sum, list) => sum + (list?.length ?? 0), 0)
}
