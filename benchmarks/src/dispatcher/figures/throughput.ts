import { askAll } from '../../agent/ask.ts'
import { startOrigin } from '../../agent/start-origin.ts'
import { type Case, type Figure, type Sample, scaled, type Wanted } from '../../harness/figure.ts'
import { count, ns, times } from '../../harness/format.ts'
import { median } from '../../harness/median.ts'
import { collect } from '../../harness/memory.ts'
import { myTurn } from '../../harness/my-turn.ts'
import { processorNs } from '../../harness/timing.ts'
import { ask } from '../ask.ts'
import { goName, hasGo, runGo } from '../go-peer.ts'
import { agent, type DispatcherPeer, ours, peers, pool, poolAgain } from '../peers.ts'

const REQUESTS = 5_000
/** Batches before those that count: until all that is run for each request is optimised code. */
const WARM_UP = 8
const BATCHES = 9

/** Requests over connections that are there: what a dispatcher costs when all goes well. */
export const throughputs: readonly Figure[] = [
  figureOf(50, [noSlower(), ...besideGo()]),
  figureOf(500, [asFast(pool, 1.05), asFast(agent, 1.05)]),
]

function figureOf(connections: number, wanted: readonly Wanted[]): Figure {
  return {
    name: `dispatcher-${connections}`,
    title: `requests a second by dispatch(), ${connections} connections, each always busy`,
    columns: [
      { value: 'perSecond', head: 'requests a second', show: (value) => count(Math.round(value)) },
      { value: 'nsEach', head: 'processor time', show: ns },
    ],
    cases: [
      ...peers.map((peer) => caseOf(peer, connections)),
      ...(hasGo ? [goCase(connections)] : []),
    ],
    wanted,
    isInTurns: true,
  }
}

const perSecond = (sample: Sample): number => sample['perSecond'] ?? Number.NaN

/** What undici differs by from itself in the same round is no difference. */
function noSlower(): Wanted {
  return {
    what: 'requests a second, 50: ours / the faster of undici, beyond the noise',
    least: 1,
    of: (of) => {
      const [one, again] = [perSecond(of(pool.name)), perSecond(of(poolAgain.name))]
      const noise = Math.max(one, again) / Math.min(one, again)
      return (perSecond(of(ours.name)) / Math.max(one, perSecond(of(agent.name)))) * noise
    },
    show: times,
  }
}

function asFast(peer: DispatcherPeer, least: number): Wanted {
  return {
    what: `requests a second, 500: ours / ${peer.name}`,
    least,
    of: (of) => perSecond(of(ours.name)) / perSecond(of(peer.name)),
    show: times,
  }
}

function besideGo(): Wanted[] {
  if (!hasGo) return []
  return [
    {
      what: `requests a second, 50: ours / ${goName}`,
      least: 0.9,
      of: (of) => perSecond(of(ours.name)) / perSecond(of(goName)),
      show: times,
    },
  ]
}

function caseOf(peer: DispatcherPeer, connections: number): Case {
  return {
    name: peer.name,
    async measure(work) {
      const origin = `http://127.0.0.1:${await startOrigin('apart')}`
      const dispatcher = peer.open(origin, connections)
      const requests = scaled(REQUESTS, work)
      const samples: Sample[] = []
      for (let batch = 0; batch < WARM_UP + BATCHES; batch++) {
        // A full collection may take with it what the engine has learned of short-lived objects, and
        // code is slower from then on: it comes to all at the same time, not to some by chance.
        if (batch === WARM_UP / 2) collect()
        if (batch >= WARM_UP) await myTurn()
        const began = performance.now()
        const start = process.cpuUsage()
        await askAll(requests, connections, () => ask(dispatcher, origin))
        const nsEach = processorNs(start) / requests
        samples.push({ nsEach, perSecond: (requests * 1_000) / (performance.now() - began) })
      }
      await dispatcher.destroy()
      return medians(samples.slice(WARM_UP))
    },
  }
}

function goCase(connections: number): Case {
  return {
    name: goName,
    async measure(work) {
      const origin = `http://127.0.0.1:${await startOrigin()}`
      await myTurn()
      return runGo('throughput', origin, connections, scaled(REQUESTS, work), BATCHES)
    },
  }
}

function medians(samples: readonly Sample[]): Sample {
  const of = (value: string): number => median(samples.map((sample) => sample[value] ?? NaN))
  return { perSecond: of('perSecond'), nsEach: of('nsEach') }
}
