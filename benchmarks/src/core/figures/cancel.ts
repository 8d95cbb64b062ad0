import { Pool } from '@wantconn/pool-core'
import { type Case, type Figure, type Sample, scaled } from '../../harness/figure.ts'
import { ns, times } from '../../harness/format.ts'
import { median } from '../../harness/median.ts'
import { shuffled } from '../../harness/shuffled.ts'
import { processorNs } from '../../harness/timing.ts'
import { plainAdapter } from '../adapter.ts'
import { BareLink } from '../bare-line.ts'

const FEW = 1_000
const MANY = 1_000_000
/** Cancels in one measurement of a short line, which is filled again and again for it. */
const SHORT_TOTAL = 100_000
const MEASURED = 3

interface Cancelable {
  cancel(reason?: unknown): unknown
}

/** Puts `count` waiting things into `line`. */
type Fill = (line: Cancelable[], count: number) => void

/**
 * Wants leave their line in random order. A line of a million does not fit into a cache, where one
 * of a thousand does: the bare line shows how much of the difference is memory.
 */
export const cancel: Figure = {
  name: 'cancel',
  title: 'cancel of one of N waiting wants, in random order',
  columns: [{ value: 'nsEach', head: 'a cancel', show: ns }],
  cases: [
    caseOf('ours, cancel(), N = 1,000', FEW, ours),
    caseOf('ours, cancel(), N = 1,000,000', MANY, ours),
    caseOf('ours, cancel(reason), N = 1,000', FEW, ours, new Error('no longer wanted')),
    caseOf('ours, cancel(reason), N = 1,000,000', MANY, ours, new Error('no longer wanted')),
    { name: 'an Error without frames', measure: (work) => errors(scaled(SHORT_TOTAL, work)) },
    caseOf('bare links, N = 1,000', FEW, bare),
    caseOf('bare links, N = 1,000,000', MANY, bare),
  ],
  wanted: [
    { what: 'cancel(), N = 1,000', most: 1_000, of: of('ours, cancel(), N = 1,000'), show: ns },
    {
      what: 'cancel(), N = 1,000,000',
      most: 1_000,
      of: of('ours, cancel(), N = 1,000,000'),
      show: ns,
    },
    {
      what: 'cancel(), N = 1,000,000: time, × N = 1,000',
      most: 2,
      of: ratio('ours, cancel(), N = 1,000,000', 'ours, cancel(), N = 1,000'),
      show: times,
    },
    {
      what: 'cancel(reason), N = 1,000,000',
      most: 1_000,
      of: of('ours, cancel(reason), N = 1,000,000'),
      show: ns,
    },
    {
      what: 'cancel(reason), N = 1,000,000: time, × N = 1,000',
      most: 2,
      of: ratio('ours, cancel(reason), N = 1,000,000', 'ours, cancel(reason), N = 1,000'),
      show: times,
    },
  ],
}

type OfRound = (sampleOf: (name: string) => Sample) => number

function of(name: string): OfRound {
  return (sampleOf) => sampleOf(name)['nsEach'] ?? NaN
}

function ratio(name: string, other: string): OfRound {
  return (sampleOf) => of(name)(sampleOf) / of(other)(sampleOf)
}

function caseOf(
  name: string,
  count: number,
  open: () => Fill | Promise<Fill>,
  reason?: unknown,
): Case {
  return {
    name,
    async measure(work) {
      const fill = await open()
      const length = scaled(count, count === FEW ? 1 : work)
      const total = Math.max(length, scaled(SHORT_TOTAL, work))
      cancelAll(fill, FEW, scaled(SHORT_TOTAL, work), reason)
      // A million in a row need no repeating.
      const times = count === FEW ? MEASURED : 1
      const measured = Array.from({ length: times }, () => cancelAll(fill, length, total, reason))
      return { nsEach: median(measured) }
    },
  }
}

/** Lines of `length`, filled and left until `total` have left. Only leaving is timed. */
function cancelAll(fill: Fill, length: number, total: number, reason: unknown): number {
  const order = shuffled(length)
  let spent = 0
  let left = 0
  for (; left < total; left += length) {
    const line: Cancelable[] = []
    fill(line, length)
    const start = process.cpuUsage()
    for (let i = 0; i < length; i++) line[order[i] ?? 0]?.cancel(reason)
    spent += processorNs(start)
  }
  return spent / left
}

/** The only connection is in use, and stays so. */
async function ours(): Promise<Fill> {
  const pool = new Pool(plainAdapter(), { maxPerKey: 1 })
  await pool.acquire('a')
  const settle = (): void => {}
  return (line, count) => {
    for (let i = 0; i < count; i++) line.push(pool.want('a', settle))
  }
}

/** Errors go where the compiler cannot follow them, as a caller's do, or they might never be made. */
export const caller: { error: Error | undefined } = { error: undefined }

/** What `cancel()` without a reason owes its caller, as the host makes it. */
function errors(count: number): Sample {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  const measured = Array.from({ length: MEASURED }, () => {
    const start = process.cpuUsage()
    for (let i = 0; i < count; i++) caller.error = new Error('the want was canceled')
    return processorNs(start) / count
  })
  Error.stackTraceLimit = limit
  return { nsEach: median(measured) }
}

function bare(): Fill {
  const settle = (): void => {}
  const head = new BareLink(settle)
  return (line, count) => {
    for (let i = 0; i < count; i++) {
      const link = new BareLink(settle)
      link.insertBefore(head)
      line.push(link)
    }
  }
}
