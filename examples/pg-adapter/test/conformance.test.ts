import { adapterConformance, type Backend } from '@wantconn/pool-core/testing'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type PgTarget, pgAdapter } from '../src/index.ts'
import { Database } from './database.ts'
import { postgresIsMissing } from './postgres-server.ts'
import { Relay } from './relay.ts'

const missing = postgresIsMissing()

let database: Database

async function setup(): Promise<Backend<PgTarget, Client>> {
  const { port } = database.target
  const relay = await Relay.start(port)
  const silent = await Relay.start()
  const target = { ...database.target, port: relay.port }
  return {
    target,
    equalTargets: [{ ...target, settings: {} }],
    otherTargets: [
      { ...target, user: 'postgres' },
      { ...target, password: 'mustard' },
      { ...target, database: 'postgres' },
      { ...target, settings: { search_path: 'shop' } },
      { ...target, port },
    ],
    // Refused after its login.
    refusingTarget: { ...target, database: 'nowhere' },
    refusedWith: '3D000',
    silentTarget: { ...target, port: silent.port },
    // The relay sees those that are still being set up, PostgreSQL those that outlive their socket.
    openConnections: async () =>
      Math.max(relay.openConnections + silent.openConnections, await database.sessions()),
    use: (client) => client.query('SELECT 1'),
    kill: (client) => database.terminate(client),
    received: () => relay.received,
    tearDown: async () => {
      await Promise.all([relay.stop(), silent.stop()])
      await expect.poll(() => database.sessions()).toBe(0)
    },
  }
}

describe.skipIf(missing)(`PostgreSQL${missing ? ` (${missing})` : ''}`, () => {
  beforeAll(async () => {
    database = await Database.create(inject('postgresPort'))
  })

  afterAll(() => database.drop())

  // Both open their sessions in the same way, so that one of them does not have to do so 1,000 times.
  const rounds = { session: 1_000, transaction: 100 }
  for (const reset of ['session', 'transaction'] as const) {
    const options = { adapter: pgAdapter({ reset }), setup, rounds: rounds[reset] }
    for (const law of adapterConformance({ name: `pgAdapter, ${reset}`, ...options })) {
      test.runIf(law.applicable)(law.name, { timeout: 300_000 }, law.run)
    }
  }
})
