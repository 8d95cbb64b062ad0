import { Agent } from 'undici'
import type { LeverValues } from '../levers.ts'
import type { Contender, ContenderSetup } from './contender.ts'

/**
 * undici with its own defaults, but for the limits that are asked for. For HTTP/2 it gets one session,
 * and is told how many streams its peer takes: as it comes it sends one request after the other, with
 * more connections it opens a session for each request that is sent at once, and with more streams
 * than the peer takes it sends those that are then refused.
 */
export function undiciAgent({ lookup, ca, levers, idleMs }: ContenderSetup): Contender {
  const isHttp2 = levers.protocol === 'h2'
  const maxConnections = isHttp2 ? levers.maxPerKey || 1 : levers.maxPerKey || null
  const agent = new Agent({
    connections: maxConnections,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    ...(isHttp2 && { allowH2: true, pipelining: levers.maxStreams }),
    connect: { lookup, ...(ca && { ca }) },
  })
  return {
    info: { id: 'undici', name: 'undici Agent', note: noteOn(levers) },
    get open() {
      return Object.values(agent.stats).reduce((sum, { connected }) => sum + Number(connected), 0)
    },
    async get(url, signal) {
      const { origin, pathname, search } = url
      const path = pathname + search
      const { body } = await agent.request({ origin, path, method: 'GET', signal })
      await body.arrayBuffer()
    },
    close: () => void agent.destroy().catch(() => {}),
  }
}

function noteOn({ protocol, maxTotal }: LeverValues): string {
  if (maxTotal !== 0) return 'without a limit for all hosts together: it has none'
  return protocol === 'h2' ? 'one session, told how many streams its origin takes' : ''
}
