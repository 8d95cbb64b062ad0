import { type Case, type Figure, scaled } from '../../harness/figure.ts'
import { count } from '../../harness/format.ts'
import { type Http2Peer, ours, undici, undiciDefault, wrapper } from '../peers.ts'
import { startOrigin } from '../start-origin.ts'

const WANTS = 200
const STREAMS = 100

/** Requests all at once to a server that nobody has talked to. */
export const burst: Figure = {
  name: 'h2-burst',
  title: `TLS connections for ${WANTS} requests at once, of a server that takes ${STREAMS} streams`,
  columns: [
    { value: 'connections', head: 'connections', show: count },
    { value: 'ms', head: 'until all have ended', show: (ms) => `${ms.toFixed(0)} ms` },
    { value: 'failed', head: 'failed', show: count },
  ],
  cases: [ours, undici, undiciDefault, wrapper].map(caseOf),
  wanted: [
    {
      what: 'connections of a cold burst',
      most: WANTS / STREAMS,
      of: (of) => of(ours.name)['connections'] ?? Number.NaN,
      show: count,
    },
    {
      what: 'requests of a cold burst that failed',
      most: 0,
      of: (of) => of(ours.name)['failed'] ?? Number.NaN,
      show: count,
    },
  ],
}

function caseOf(peer: Http2Peer): Case {
  return {
    name: peer.name,
    async measure(work) {
      const origin = await startOrigin(STREAMS)
      const client = peer.open()
      const url = `https://localhost:${origin.port}/small`
      const began = performance.now()
      const requests = Array.from({ length: scaled(WANTS, work) }, () => client.get(url))
      // A client may leave it to its caller that a session was asked for more than it takes.
      const ended = await Promise.allSettled(requests)
      const ms = performance.now() - began
      const failed = ended.filter(({ status }) => status === 'rejected').length
      const connections = await origin.connections()
      client.close()
      return { connections, ms, failed }
    },
  }
}
