import { Pool } from '@wantconn/pool-core'
import { Pool as PgPool } from 'pg'
import { type PgTarget, pgAdapter, type Reset } from '../src/index.ts'

const CONNECTIONS = 10
const CALLERS = 50
// Short rounds, and many of them: what else the machine does then falls on all alike.
const QUERIES = 400
const ROUNDS = 60
const WARM_UP = 5
const TEXT = 'SELECT 1'

interface Peer {
  readonly query: () => PromiseLike<unknown>
  end(): PromiseLike<unknown>
}

export interface Throughput {
  /** Queries a second: the median of the rounds. */
  readonly medians: ReadonlyMap<string, number>
  /** Theirs is 1: the median of what each pair of rounds says. */
  readonly ratio: number
  /** The same for pg-pool beside a second pg-pool: what such a ratio is worth. */
  readonly noise: number
}

/**
 * Queries a second over ten connections, with fifty callers at once: rounds of each pool in turn.
 *
 * With `'transaction'`, pg-pool is as it is: it undoes nothing. With `'session'`, its callers send
 * `DISCARD ALL` before they release.
 */
export async function throughput(target: PgTarget, reset: Reset): Promise<Throughput> {
  const peers = new Map([
    ['pg-pool', openPgPool(target, reset)],
    ['wantconn', openWantconn(target, reset)],
    ['pg-pool again', openPgPool(target, reset)],
  ])
  const rounds = new Map([...peers.keys()].map((name) => [name, [] as number[]]))
  for (const { query } of peers.values()) await warmUp(query)
  for (let round = 0; round < ROUNDS; round++) {
    // Nobody always comes after the same one.
    const order = [...peers]
    order.push(...order.splice(0, round % order.length))
    for (const [name, { query }] of round % 2 === 0 ? order : order.reverse())
      rounds.get(name)?.push(await queriesPerSecond(query))
  }
  for (const { end } of peers.values()) await end()
  const of = (name: string): number[] => rounds.get(name) ?? []
  return {
    medians: new Map([...rounds].map(([name, values]) => [name, median(values)])),
    ratio: ratioOf(of('wantconn'), of('pg-pool')),
    noise: ratioOf(of('pg-pool again'), of('pg-pool')),
  }
}

async function warmUp(query: Peer['query']): Promise<void> {
  for (let round = 0; round < WARM_UP; round++) await queriesPerSecond(query)
}

async function queriesPerSecond(query: Peer['query']): Promise<number> {
  let left = QUERIES
  const caller = async (): Promise<void> => {
    while (left-- > 0) await query()
  }
  const begunAt = performance.now()
  await Promise.all(Array.from({ length: CALLERS }, caller))
  return (QUERIES / (performance.now() - begunAt)) * 1_000
}

function openPgPool({ settings: _, ...config }: PgTarget, reset: Reset): Peer {
  const pool = new PgPool({ ...config, max: CONNECTIONS })
  pool.on('error', () => {}) // the server ends what it has not closed in time
  const end = (): Promise<void> => pool.end()
  if (reset === 'transaction') return { query: () => pool.query(TEXT), end }
  const query = async (): Promise<void> => {
    const client = await pool.connect()
    await client.query(TEXT)
    await client.query('DISCARD ALL')
    client.release()
  }
  return { query, end }
}

function openWantconn(target: PgTarget, reset: Reset): Peer {
  const pool = new Pool(pgAdapter({ reset }), { maxPerKey: CONNECTIONS })
  return {
    query: () => pool.use(target, (client) => client.query(TEXT)),
    end: () => pool.close(),
  }
}

function ratioOf(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)))
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
