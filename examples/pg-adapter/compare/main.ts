import type { PgTarget } from '../src/index.ts'
import { PostgresServer, postgresIsMissing } from '../test/postgres-server.ts'
import { bars } from './bars.ts'
import { answerTimes } from './slow-connect.ts'
import { throughput } from './throughput.ts'

const missing = postgresIsMissing()
if (missing === undefined) await compare()
else {
  console.error(missing)
  process.exitCode = 1
}

async function compare(): Promise<void> {
  const server = await PostgresServer.start()
  try {
    const { port } = server
    const { admin: user, password } = PostgresServer
    const target = { host: '127.0.0.1', port, user, password, database: 'postgres' }
    await compareSlowConnect(target)
    await compareThroughput(target)
  } finally {
    await server.stop()
  }
}

async function compareSlowConnect(target: PgTarget): Promise<void> {
  console.log(
    '\nConnection 1 is busy until 100 ms, the second connect takes 2 s: when is query 2 answered?\n',
  )
  const times = await answerTimes(target, { busyMs: 100, connectMs: 2_000 })
  console.log(bars(times, (ms) => `${Math.round(ms)} ms`))
}

async function compareThroughput(target: PgTarget): Promise<void> {
  console.log('\nQueries a second over 10 connections, 50 callers; medians of alternating rounds.')
  const cases = [
    ['transaction', 'wantconn undoes open transactions, pg-pool nothing'],
    ['session', 'both undo everything (DISCARD ALL) between two holders'],
  ] as const
  for (const [reset, title] of cases) {
    const { medians, ratio, noise } = await throughput(target, reset)
    console.log(`\n  ${title}:\n`)
    console.log(bars(medians, (value) => `${Math.round(value).toLocaleString('en')}/s`))
    const figures = `${ratio.toFixed(2)} × (pg-pool beside itself: ${noise.toFixed(2)} ×)`
    console.log(`\n  wantconn : pg-pool = ${figures}`)
  }
  console.log()
}
