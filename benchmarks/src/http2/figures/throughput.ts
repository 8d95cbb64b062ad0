import { type Case, type Figure, type Sample, scaled, type Wanted } from '../../harness/figure.ts'
import { count, ns, times } from '../../harness/format.ts'
import { median } from '../../harness/median.ts'
import { processorNs } from '../../harness/timing.ts'
import { busy } from '../busy.ts'
import { hasNghttpd, startNghttpd } from '../nghttpd.ts'
import { bare, bareAgain, type Http2Peer, ours, undici, wrapper } from '../peers.ts'
import { startOrigin } from '../start-origin.ts'

interface Load {
  readonly name: string
  readonly what: string
  readonly path: '/small' | '/large'
  readonly atOnce: number
  readonly requests: number
}

const BATCHES = 5

const STREAMS = 1_000

/**
 * The faster the server, the more of what is seen is the client. Large bodies come from one of Node
 * all the same: of 500 from nghttpd at once, http2-wrapper never got the last.
 */
const serverOf = ({ path }: Load): 'nghttpd' | 'node:http2' =>
  hasNghttpd && path === '/small' ? 'nghttpd' : 'node:http2'

/** Batches before those that count: small bodies take many requests until their code is optimised. */
const warmUpOf = ({ path }: Load): number => (path === '/small' ? 6 : 2)

/** Requests over sessions that are there: small and large bodies, 50 and 500 at once. */
export const throughputs: readonly Figure[] = [
  { name: 'small-50', what: '2 bytes, 50 at once', path: '/small', atOnce: 50, requests: 5_000 },
  { name: 'small-500', what: '2 bytes, 500 at once', path: '/small', atOnce: 500, requests: 5_000 },
  { name: 'large-50', what: '1 MB, 50 at once', path: '/large', atOnce: 50, requests: 200 },
  { name: 'large-500', what: '1 MB, 500 at once', path: '/large', atOnce: 500, requests: 500 },
].map((load) => figureOf(load as Load))

function figureOf(load: Load): Figure {
  return {
    name: `h2-${load.name}`,
    title: `requests over HTTP/2 to a server of ${serverOf(load)}: bodies of ${load.what}`,
    columns: [
      {
        value: 'perSecond',
        head: 'requests a second',
        show: (value) => count(Math.round(value)),
      },
      { value: 'nsEach', head: 'processor time', show: ns },
    ],
    cases: [ours, bare, bareAgain, undici, wrapper].map((peer) => caseOf(peer, load)),
    wanted: [asFastAs(load, bare, 0.95), asFastAs(load, undici, 1.2), asFastAs(load, wrapper, 1.5)],
  }
}

function asFastAs({ name }: Load, peer: Http2Peer, least: number): Wanted {
  const at = (sample: Sample): number => sample['perSecond'] ?? Number.NaN
  return {
    what: `${name}, requests a second: ours / ${peer.name}`,
    least,
    of: (of) => at(of(ours.name)) / at(of(peer.name)),
    show: times,
  }
}

function caseOf(peer: Http2Peer, load: Load): Case {
  const { path, atOnce, requests } = load
  const warmUp = warmUpOf(load)
  return {
    name: peer.name,
    async measure(work) {
      const isFast = serverOf(load) === 'nghttpd'
      const port = isFast ? await startNghttpd(STREAMS) : (await startOrigin(STREAMS)).port
      const url = `https://localhost:${port}${path}`
      const client = peer.open()
      const each = scaled(requests, work)
      // The first one tells the limit; the others find the session.
      await client.get(url)
      const samples: Sample[] = []
      for (let batch = 0; batch < warmUp + BATCHES; batch++) {
        samples.push(await timed(each, () => busy(each, atOnce, () => client.get(url))))
      }
      client.close()
      return medians(samples.slice(warmUp))
    },
  }
}

async function timed(requests: number, run: () => Promise<void>): Promise<Sample> {
  const began = performance.now()
  const start = process.cpuUsage()
  await run()
  const nsEach = processorNs(start) / requests
  return { nsEach, perSecond: (requests * 1_000) / (performance.now() - began) }
}

function medians(samples: readonly Sample[]): Sample {
  const of = (value: string): number => median(samples.map((sample) => sample[value] ?? NaN))
  return { nsEach: of('nsEach'), perSecond: of('perSecond') }
}
