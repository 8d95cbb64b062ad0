import type { LookupFunction } from 'node:net'
import { type Case, type Figure, scaled } from '../../harness/figure.ts'
import { ns } from '../../harness/format.ts'
import { shuffled } from '../../harness/shuffled.ts'
import { nsEachAsync } from '../../harness/timing.ts'
import { ask, askAll } from '../ask.ts'
import { noSlower } from '../no-slower.ts'
import { type AgentPeer, peers } from '../peers.ts'
import { startOrigin } from '../start-origin.ts'

const ORIGINS = 1_000
const CLIENTS = 50

/** One connection to each of many origins, asked in no order. */
export const origins: Figure = {
  name: 'origins',
  title: `processor time for a request, ${ORIGINS.toLocaleString('en')} origins with a connection each`,
  columns: [{ value: 'nsEach', head: 'a request', show: ns }],
  cases: peers.map(caseOf),
  wanted: [noSlower('a request to one of many origins', 'nsEach')],
}

/** Every name is this machine. */
const lookup: LookupFunction = (_, options, callback) => {
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
  else callback(null, '127.0.0.1', 4)
}

function caseOf(peer: AgentPeer): Case {
  return {
    name: peer.name,
    async measure(work) {
      const port = await startOrigin()
      const agent = peer.open({ maxSockets: 1, lookup })
      const hosts = Array.from({ length: scaled(ORIGINS, work) }, (_, i) => `host-${i}.test`)
      const order = shuffled(hosts.length)
      const round = (): Promise<void> =>
        askAll(hosts.length * 3, Math.min(CLIENTS, hosts.length), (i) =>
          ask(agent, port, '/', hosts[order[i % hosts.length] ?? 0]),
        )
      const nsEach = await nsEachAsync(hosts.length * 3, round)
      agent.destroy()
      return { nsEach }
    },
  }
}
