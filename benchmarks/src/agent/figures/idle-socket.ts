import { type Case, type Figure, scaled } from '../../harness/figure.ts'
import { bytes, times } from '../../harness/format.ts'
import { heldBytesEach } from '../../harness/memory.ts'
import { ask } from '../ask.ts'
import { type AgentPeer, agentkeepalive, node, ours } from '../peers.ts'
import { startOrigin } from '../start-origin.ts'

const SOCKETS = 1_000

/** The heap that stays for each idle connection, its socket included, as it is not the same for all. */
export const idleSocket: Figure = {
  name: 'idle-socket',
  title: `bytes for one idle socket, of ${SOCKETS.toLocaleString('en')}`,
  columns: [{ value: 'bytesEach', head: 'a socket', show: bytes }],
  cases: [ours, node, agentkeepalive].map(caseOf),
  wanted: [
    {
      what: 'bytes for an idle socket: ours / http.Agent',
      most: 1.1,
      of: (of) => (of(ours.name)['bytesEach'] ?? NaN) / (of(node.name)['bytesEach'] ?? NaN),
      show: times,
    },
  ],
}

function caseOf(peer: AgentPeer): Case {
  return {
    name: peer.name,
    async measure(work) {
      const port = await startOrigin()
      const count = scaled(SOCKETS, work)
      // Once for nothing: compiled code is on the heap as well.
      const first = peer.open({})
      await openIdle(first, port, count)
      first.destroy()
      await settled()
      const agent = peer.open({})
      const bytesEach = await heldBytesEach(count, () => openIdle(agent, port, count))
      const idle = Object.values(agent.freeSockets).flat().length
      agent.destroy()
      return { bytesEach: idle === count ? bytesEach : Number.NaN }
    },
  }
}

/** All at once, and answered late enough that each has a connection of its own. */
async function openIdle(agent: ReturnType<AgentPeer['open']>, port: number, count: number) {
  await Promise.all(Array.from({ length: count }, () => ask(agent, port, '/1000')))
  await settled()
}

/** What is freed a few turns later is freed. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 500))
}
