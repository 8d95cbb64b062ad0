import Table from 'cli-table3'
import { Command, InvalidArgumentError } from 'commander'
import { type FleetResult, Origin, runFleet } from './fleet.ts'
import { startHaproxy } from './haproxy.ts'
import type { Orders } from './member.ts'

interface Flags {
  readonly processes: number
  readonly maxPerProcess: number
  readonly maxUpstream: number
  readonly bursts: number
  readonly json?: true
}

const workMs = 10
const burstSize = 10
const everyMs = 500

function parseFlags(): Flags {
  const command = new Command('npm start --workspace @wantconn/example-fleet --')
    .description(
      'Many processes send bursts of requests to one server: first straight, then by way of a HAProxy that bounds and shares the connections to it.',
    )
    .option('--processes <n>', 'of the fleet', wholeAboveZero, 20)
    .option('--max-per-process <n>', 'connections of each, when straight', wholeAboveZero, 10)
    .option('--max-upstream <n>', 'connections of HAProxy to the server', wholeAboveZero, 16)
    .option('--bursts <n>', `of ${burstSize} requests, for each process`, wholeAboveZero, 10)
    .option('--json', 'the figures as JSON')
  return command.parse().opts<Flags>()
}

function wholeAboveZero(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('It must be a whole number above 0.')
}

async function main(flags: Flags): Promise<void> {
  const { processes, maxPerProcess, maxUpstream, bursts, json } = flags
  const origin = await Origin.start(workMs)
  try {
    const haproxy = await startHaproxy(origin.port, maxUpstream)
    try {
      const orders = { maxPerProcess, bursts, burstSize, everyMs }
      const straight: Orders = { ...orders, protocol: 'http1', port: origin.port }
      const shared: Orders = { ...orders, protocol: 'http2', port: haproxy.port }
      if (!json) console.error(`${processes} processes, straight and then by way of HAProxy …`)
      const results = [
        await runFleet('straight, HttpAgent', processes, straight, origin),
        await runFleet('Http2Client, HAProxy', processes, shared, origin),
      ]
      console.log(json ? JSON.stringify({ flags, results }, null, 2) : table(results))
    } finally {
      await haproxy.stop()
    }
  } finally {
    origin.stop()
  }
}

function table(results: readonly FleetResult[]): string {
  const head = ['', 'requests', 'failed', 'dialed', 'at the server', 'at once']
  const times = ['p50 ms', 'p99 ms', 'max ms']
  const made = new Table({
    head: [...head, ...times],
    colAligns: ['left', ...[...head.slice(1), ...times].map(() => 'right' as const)],
    style: { head: [], border: [] },
  })
  for (const { name, requests, failed, dials, opened, peak, p50, p99, max } of results) {
    const ms = [p50, p99, max].map((value) => value.toFixed(1))
    made.push([name, requests, failed, dials, opened, peak, ...ms])
  }
  return made.toString()
}

main(parseFlags()).catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
})
