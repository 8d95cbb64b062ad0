import { Pool } from '@wantconn/pool-core'
import { Pool as PgPool } from 'pg'
import { type PgTarget, pgAdapter } from '../src/index.ts'
import { Relay } from '../test/relay.ts'

export interface SlowConnect {
  /** How long the first connection is busy. */
  readonly busyMs: number
  /** How long the second one takes to be opened. */
  readonly connectMs: number
}

type Query = (text: string) => PromiseLike<unknown>

interface Opened {
  readonly query: Query
  end(): PromiseLike<unknown>
}

/**
 * Connection 1 is busy with query 1, and query 2 has begun to open connection 2, which is slow: after
 * how many ms is query 2 answered? A pool that binds early waits for the connection that it has begun.
 */
export async function answerTimes(
  target: PgTarget,
  times: SlowConnect,
): Promise<Map<string, number>> {
  const pgPool = await answerTime(target, times, openPgPool)
  const wantconn = await answerTime(target, times, openWantconn)
  return new Map([
    ['pg-pool', pgPool],
    ['wantconn', wantconn],
  ])
}

async function answerTime(
  target: PgTarget,
  { busyMs, connectMs }: SlowConnect,
  open: (target: PgTarget) => Opened,
): Promise<number> {
  const relay = await Relay.start(target.port)
  relay.delayMs = (nth) => (nth === 1 ? 0 : connectMs)
  const { query, end } = open({ ...target, port: relay.port })
  await query('SELECT 1') // opens connection 1

  const first = query(`SELECT pg_sleep(${busyMs / 1_000})`)
  const begunAt = performance.now()
  await query('SELECT 2')
  const ms = performance.now() - begunAt

  await first
  await end()
  await relay.stop()
  return ms
}

function openPgPool({ settings: _, ...config }: PgTarget): Opened {
  const pool = new PgPool({ ...config, max: 10 })
  return { query: (text) => pool.query(text), end: () => pool.end() }
}

function openWantconn(target: PgTarget): Opened {
  const pool = new Pool(pgAdapter(), { maxPerKey: 10 })
  return {
    query: (text) => pool.use(target, (client) => client.query(text)),
    end: () => pool.close(),
  }
}
