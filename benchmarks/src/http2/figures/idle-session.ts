import { type Case, type Figure, scaled } from '../../harness/figure.ts'
import { bytes } from '../../harness/format.ts'
import { heldBytesEach } from '../../harness/memory.ts'
import { bare, type Http2Peer, type OpenClient, ours, undici } from '../peers.ts'
import { startOrigin } from '../start-origin.ts'

const SESSIONS = 200

/** The heap that stays for each idle session, its TLS socket included. */
export const idleSession: Figure = {
  name: 'h2-idle-session',
  title: `bytes of heap for one idle session, of ${SESSIONS}`,
  columns: [{ value: 'bytesEach', head: 'a session', show: bytes }],
  // http2-wrapper refuses these addresses: it matches a session's origin with the name of its host.
  cases: [ours, bare, undici].map(caseOf),
  wanted: [],
}

function caseOf(peer: Http2Peer): Case {
  return {
    name: peer.name,
    async measure(work) {
      const { port } = await startOrigin(100)
      const count = scaled(SESSIONS, work)
      // Once for nothing: compiled code is on the heap as well.
      const first = peer.open()
      await openIdle(first, port, count)
      first.close()
      await settled()
      const client = peer.open()
      const bytesEach = await heldBytesEach(count, () => openIdle(client, port, count))
      client.close()
      return { bytesEach }
    },
  }
}

/** Each to an address of its own, of which loopback has many. */
async function openIdle(client: OpenClient, port: number, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) await client.get(`https://127.0.1.${i}:${port}/small`)
  await settled()
}

/** What is freed a few turns later is freed. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 500))
}
