import { type Origin, startOrigin } from '../origin/start-origin.ts'
import { checkReachable, compare } from './compare.ts'
import type { PeerResult } from './drive.ts'
import { p90Bars } from './report/bars.ts'
import { Progress } from './report/progress.ts'
import { summarize } from './report/summary.ts'
import { resultTable } from './report/table.ts'
import { routeTo } from './slow-dial.ts'
import { parseTerminalFlags, type TerminalFlags } from './terminal-flags.ts'
import { planTraffic, type TrafficPlan, totalOf } from './traffic-plan.ts'

const workMs = 5

/** The table in the terminal: one contender after the other, then it is over. */
export async function runTerminal(args: readonly string[], signal: AbortSignal): Promise<void> {
  const flags = parseTerminalFlags(args)
  const plan = planTraffic(flags)
  const progress = new Progress(process.stderr.isTTY)
  let origin: Origin | undefined
  try {
    if (flags.url === undefined)
      origin = await startOrigin({ protocol: 'http/1.1', workMs, port: 0 })
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

function introduce({ url, dialDelayMs }: TerminalFlags, plan: TrafficPlan): string {
  const where = url?.href ?? `an HTTP/1.1 origin on loopback, ${workMs} ms of work for each`
  const slow = dialDelayMs > 0 ? `; dials take ${dialDelayMs} ms` : ''
  const sizes = `${plan.bursts.length} bursts of ${plan.bursts[0]} to ${plan.bursts.at(-1)}`
  return `${totalOf(plan)} requests to ${where}${slow}; ${sizes}, one every ${plan.everyMs} ms`
}

function report(flags: TerminalFlags, plan: TrafficPlan, results: PeerResult[]): void {
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
