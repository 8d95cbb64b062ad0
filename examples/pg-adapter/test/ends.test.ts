import { Pool } from '@wantconn/pool-core'
import type { Client } from 'pg'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  onTestFinished,
  test,
} from 'vitest'
import { type PgTarget, pgAdapter } from '../src/index.ts'
import { Database, pidOf } from './database.ts'
import { postgresIsMissing } from './postgres-server.ts'
import { Relay } from './relay.ts'

const missing = postgresIsMissing()

describe.skipIf(missing)(`a session that ends${missing ? ` (${missing})` : ''}`, () => {
  let database: Database
  let pool: Pool<PgTarget, Client>
  let target: PgTarget
  const ends: unknown[] = []

  beforeAll(async () => {
    database = await Database.create(inject('postgresPort'))
  })

  beforeEach(() => {
    target = database.target
    ends.length = 0
    const trace = { connClosed: ({ error }: { error?: unknown }) => void ends.push(error) }
    pool = new Pool(pgAdapter(), { maxPerKey: 1, trace })
  })

  afterEach(() => pool.destroy())
  afterAll(() => database.drop())

  test('by pg_terminate_backend while it is idle leaves the pool at once', async () => {
    const client = await pool.use(target, async (client) => client)
    expect(pool.stats()).toMatchObject({ open: 1, idle: 1 })

    await database.terminate(client)

    await expect.poll(() => pool.stats().open).toBe(0)
    expect(ends).toMatchObject([{ code: '57P01' }])
    const pid = await pool.use(target, async (client) => pidOf(client))
    expect(pid).not.toBe(pidOf(client))
  })

  test('by pg_terminate_backend while it is leased frees its place for who waits', async () => {
    const lease = await pool.acquire(target)
    const waiting = pool.acquire(target)

    await database.terminate(lease.conn)

    const next = await waiting
    expect(pidOf(next.conn)).not.toBe(pidOf(lease.conn))
    expect(ends).toMatchObject([{ code: '57P01' }])
    expect(pool.stats()).toMatchObject({ open: 1, leased: 1 })
    await expect(lease.conn.query('SELECT 1')).rejects.toThrow()
    lease.release()
    next.release()
    expect(pool.stats().open).toBe(1)
  })

  test('in the middle of a query is not lent again, however soon it is released', async () => {
    const lease = await pool.acquire(target)
    const query = lease.conn.query('SELECT pg_sleep(60)')
    const waiting = pool.acquire(target)
    await expect.poll(() => database.running()).toEqual(['SELECT pg_sleep(60)'])
    query.catch(() => lease.release())

    await database.terminate(lease.conn)

    await expect(query).rejects.toMatchObject({ code: '57P01' })
    const next = await waiting
    expect((await next.conn.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    next.release()
  })

  test('while it is reset makes room for another', async () => {
    const relay = await Relay.start(database.target.port)
    onTestFinished(() => relay.stop())
    target = { ...target, port: relay.port }
    const lease = await pool.acquire(target)
    await lease.conn.query('SELECT 1')
    const waiting = pool.acquire(target)

    // when the server hears nothing of the reset, and ends the session
    relay.freeze()
    lease.release()
    await database.terminate(lease.conn)

    const next = await waiting
    expect(pidOf(next.conn)).not.toBe(pidOf(lease.conn))
    expect(ends).toMatchObject([{ code: '57P01' }])
    next.release()
  })

  test('is not there when the pool is closed', async () => {
    await pool.use(target, (client) => client.query('SELECT 1'))

    await pool.close()

    await expect.poll(() => database.sessions()).toBe(0)
    expect(ends).toEqual([undefined])
  })

  test('because its holder discards it gives up what it was doing', async () => {
    const lease = await pool.acquire(target)
    const query = lease.conn.query('SELECT pg_sleep(60)')
    await expect.poll(() => database.running()).toEqual(['SELECT pg_sleep(60)'])

    lease.discard()

    await expect(query).rejects.toThrow()
    await expect.poll(() => database.sessions()).toBe(0)
  })

  test('is refused with the error of the server', async () => {
    const wrong = { ...target, password: 'mustard' }
    const nowhere = { ...target, database: 'nowhere' }
    const unknown = { ...target, settings: { no_such_setting: 1 } }

    await expect(pool.acquire(wrong)).rejects.toMatchObject({ code: '28P01' })
    await expect(pool.acquire(nowhere)).rejects.toMatchObject({ code: '3D000' })
    await expect(pool.acquire(unknown)).rejects.toMatchObject({ code: '42704' })
    expect(pool.stats().open).toBe(0)
  })

  test('shows no password in its key', () => {
    const { key } = pgAdapter()

    expect(key({ ...target, password: 'sesame' })).not.toContain('sesame')
    expect(key({ ...target, password: 'sesame' })).not.toBe(key({ ...target, password: 'open' }))
  })
})
