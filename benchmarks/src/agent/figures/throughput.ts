import { type Case, type Figure, scaled } from '../../harness/figure.ts'
import { count, ns } from '../../harness/format.ts'
import { nsEachAsync } from '../../harness/timing.ts'
import { ask, askAll } from '../ask.ts'
import { noSlower } from '../no-slower.ts'
import { type AgentPeer, peers } from '../peers.ts'
import { startOrigin } from '../start-origin.ts'

const CONNECTIONS = 50
const REQUESTS = 3_000

/** Requests over connections that are there: what an agent costs when all goes well. */
export const throughput: Figure = {
  name: 'throughput',
  title: `processor time for a request, ${CONNECTIONS} connections, each always busy`,
  columns: [
    { value: 'nsEach', head: 'a request', show: ns },
    {
      value: 'perSecond',
      head: 'requests a processor second',
      show: (value) => count(Math.round(value)),
    },
  ],
  cases: peers.map(caseOf),
  wanted: [noSlower('a request', 'nsEach')],
}

function caseOf(peer: AgentPeer): Case {
  return {
    name: peer.name,
    async measure(work) {
      const port = await startOrigin()
      const agent = peer.open({ maxSockets: CONNECTIONS })
      const requests = scaled(REQUESTS, work)
      const nsEach = await nsEachAsync(requests, () =>
        askAll(requests, CONNECTIONS, () => ask(agent, port)),
      )
      agent.destroy()
      return { nsEach, perSecond: 1e9 / nsEach }
    },
  }
}
