import { Pool } from '@wantconn/pool-core'
import type { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { abortable, type PgTarget, pgAdapter } from '../src/index.ts'
import { Database, pidOf } from './database.ts'
import { postgresIsMissing } from './postgres-server.ts'

const missing = postgresIsMissing()

describe.skipIf(missing)(`a statement that is given up${missing ? ` (${missing})` : ''}`, () => {
  let database: Database
  let pool: Pool<PgTarget, Client>
  let target: PgTarget

  beforeAll(async () => {
    database = await Database.create(inject('postgresPort'))
    target = database.target
  })

  beforeEach(() => {
    pool = new Pool(pgAdapter(), { maxPerKey: 1 })
  })

  afterEach(() => pool.destroy())
  afterAll(() => database.drop())

  const sleeping = () => expect.poll(() => database.running()).toEqual(['SELECT pg_sleep(60)'])

  test('because of statement_timeout fails, and its session serves on', async () => {
    const impatient = { ...target, settings: { statement_timeout: 50 } }
    const pid = await pool.use(impatient, async (client) => {
      await expect(client.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: '57014' })
      return pidOf(client)
    })

    expect(await pool.use(impatient, async (client) => pidOf(client))).toBe(pid)
    const shown = await pool.use(impatient, (client) => client.query('SHOW statement_timeout'))
    expect(shown.rows).toEqual([{ statement_timeout: '50ms' }])
  })

  test('because of a statement_timeout of its holder does not haunt the next', async () => {
    await pool.use(target, async (client) => {
      await client.query('SET statement_timeout = 20')
      await expect(client.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: '57014' })
    })

    const slept = await pool.use(target, (client) => client.query('SELECT pg_sleep(0.1)'))
    expect(slept.rowCount).toBe(1)
    expect(pool.stats().totals.dials).toBe(1)
  })

  test('by pg_cancel_backend fails, and its session serves on', async () => {
    const lease = await pool.acquire(target)
    const query = lease.conn.query('SELECT pg_sleep(60)')
    const failed = expect(query).rejects.toMatchObject({ code: '57014' })
    await sleeping()

    await database.cancel(lease.conn)

    await failed
    lease.release()
    expect(await pool.use(target, async (client) => pidOf(client))).toBe(pidOf(lease.conn))
  })

  test('by a signal rejects with its reason, and the session serves on', async () => {
    const reason = new Error('nobody waits')
    const controller = new AbortController()
    const lease = await pool.acquire(target)
    const sleep = () => lease.conn.query('SELECT pg_sleep(60)')
    const query = abortable(lease.conn, controller.signal, sleep)
    const rejected = expect(query).rejects.toBe(reason)
    await sleeping()

    controller.abort(reason)

    await rejected
    lease.release()
    expect(await pool.use(target, async (client) => pidOf(client))).toBe(pidOf(lease.conn))
  })

  test('a hundred times never hits a statement of the next holder', async () => {
    for (let i = 0; i < 100; i++) {
      const controller = new AbortController()
      const late = pool.use(target, (client) => {
        const query = abortable(client, controller.signal, () => client.query('SELECT 1'))
        setTimeout(() => controller.abort(), i % 5)
        return query.catch(() => undefined)
      })
      const next = pool.use(target, (client) => client.query('SELECT pg_sleep(0.005)'))
      await late
      expect((await next).rowCount).toBe(1)
    }
    expect(pool.stats().totals.dials).toBe(1)
  })

  test('before it was begun is not begun', async () => {
    const lease = await pool.acquire(target)
    let begun = 0
    const run = async () => begun++

    await expect(abortable(lease.conn, AbortSignal.abort('no'), run)).rejects.toBe('no')

    expect(begun).toBe(0)
    lease.release()
  })

  test('leaves no listener on its signal', async () => {
    const { signal } = new AbortController()
    const added: unknown[] = []
    const removed: unknown[] = []
    signal.addEventListener = (...[, listener]) => void added.push(listener)
    signal.removeEventListener = (...[, listener]) => void removed.push(listener)

    await pool.use(target, (client) => abortable(client, signal, () => client.query('SELECT 1')))

    expect(added).toHaveLength(1)
    expect(removed).toEqual(added)
  })
})
