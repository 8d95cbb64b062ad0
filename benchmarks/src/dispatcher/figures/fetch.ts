import { askAll } from '../../agent/ask.ts'
import { startOrigin } from '../../agent/start-origin.ts'
import { type Case, type Figure, type Sample, scaled } from '../../harness/figure.ts'
import { count, ns, times } from '../../harness/format.ts'
import { median } from '../../harness/median.ts'
import { processorNs } from '../../harness/timing.ts'
import { ours } from '../peers.ts'

const AT_ONCE = 50
const REQUESTS = 2_000
const BATCHES = 5

const own = "Node's own agent"
const again = "Node's own agent again"

/** The same under `fetch`, which costs more than any dispatcher. */
export const fetchFigure: Figure = {
  name: 'dispatcher-fetch',
  title: `requests a second by Node's fetch, ${AT_ONCE} at once`,
  columns: [
    { value: 'perSecond', head: 'requests a second', show: (value) => count(Math.round(value)) },
    { value: 'nsEach', head: 'processor time', show: ns },
  ],
  cases: [caseOf(ours.name, true), caseOf(own, false), caseOf(again, false)],
  wanted: [
    {
      what: "requests a second by fetch: ours / Node's own agent, beyond the noise",
      least: 1,
      of: (of) => {
        const [one, other] = [perSecond(of(own)), perSecond(of(again))]
        return (perSecond(of(ours.name)) / one) * (Math.max(one, other) / Math.min(one, other))
      },
      show: times,
    },
  ],
}

const perSecond = (sample: Sample): number => sample['perSecond'] ?? Number.NaN

function caseOf(name: string, isOurs: boolean): Case {
  return {
    name,
    async measure(work) {
      const origin = `http://127.0.0.1:${await startOrigin('apart')}`
      const undo = isOurs ? (ours.open(origin) as unknown as Installable).install() : undefined
      const requests = scaled(REQUESTS, work)
      const samples: Sample[] = []
      for (let batch = 0; batch <= BATCHES; batch++) {
        const began = performance.now()
        const start = process.cpuUsage()
        await askAll(requests, AT_ONCE, async () => {
          await (await fetch(origin)).text()
        })
        const nsEach = processorNs(start) / requests
        samples.push({ nsEach, perSecond: (requests * 1_000) / (performance.now() - began) })
      }
      undo?.()
      const of = (value: string): number =>
        median(samples.slice(1).map((each) => each[value] ?? NaN))
      return { perSecond: of('perSecond'), nsEach: of('nsEach') }
    },
  }
}

interface Installable {
  install(): () => void
}
