import { checkReachable, compare } from './compare.ts'
import { messageOf, type PeerResult } from './drive.ts'
import { type Flags, parseFlags } from './flags.ts'
import { p90Bars } from './report/bars.ts'
import { Progress } from './report/progress.ts'
import { summarize } from './report/summary.ts'
import { resultTable } from './report/table.ts'
import { routeTo } from './slow-dial.ts'
import { type Origin, startOrigin } from './start-origin.ts'
import { planTraffic, type TrafficPlan, totalOf } from './traffic-plan.ts'

const workMs = 5

async function main(flags: Flags, signal: AbortSignal): Promise<void> {
  const plan = planTraffic(flags)
  const progress = new Progress(process.stderr.isTTY)
  let origin: Origin | undefined
  try {
    if (flags.url === undefined) origin = await startOrigin(workMs)
    const url = flags.url ?? (origin as Origin).url
    await checkReachable(url, signal)
    if (!flags.json) console.log(`${introduce(flags, plan)}\n`)
    const results = await compare(routeTo(url, flags.dialDelayMs), plan, progress, signal)
    progress.end()
    report(flags, plan, results)
  } finally {
    progress.end()
    origin?.stop()
  }
}

function introduce({ url, dialDelayMs }: Flags, plan: TrafficPlan): string {
  const where = url?.href ?? `an HTTP/1.1 origin on loopback, ${workMs} ms of work for each`
  const slow = dialDelayMs > 0 ? `; dials take ${dialDelayMs} ms` : ''
  const sizes = `${plan.bursts.length} bursts of ${plan.bursts[0]} to ${plan.bursts.at(-1)}`
  return `${totalOf(plan)} requests to ${where}${slow}; ${sizes}, one every ${plan.everyMs} ms`
}

function report(flags: Flags, plan: TrafficPlan, results: PeerResult[]): void {
  const summary = summarize(results.at(-1) as PeerResult, results.slice(0, -1))
  if (flags.json) {
    const { dialDelayMs } = flags
    const url = flags.url?.href ?? null
    const setup = {
      url,
      dialDelayMs,
      workMs: flags.url ? null : workMs,
      ...plan,
      node: process.version,
    }
    console.log(JSON.stringify({ setup, results, summary }, null, 2))
    return
  }
  console.log(`${resultTable(results)}\n\n${p90Bars(results)}\n\n${summary}`)
  for (const { name, firstError } of results) {
    if (firstError !== undefined) console.log(`First error of ${name}: ${firstError}`)
  }
}

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

main(parseFlags(process.argv.slice(2)), stop.signal).catch((error) => {
  if (!stop.signal.aborted) console.error(`error: ${messageOf(error)}`)
  process.exitCode = stop.signal.aborted ? 130 : 1
})
