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

describe.skipIf(missing)(`the next holder of a session${missing ? ` (${missing})` : ''}`, () => {
  let database: Database
  let pool: Pool<PgTarget, Client>
  let target: PgTarget

  const open = (options: Parameters<typeof pgAdapter>[0] = {}): void => {
    pool = new Pool(pgAdapter(options), { maxPerKey: 1 })
  }

  /** One holder after the other, on the same session. */
  const first = (...texts: string[]): Promise<number> =>
    pool.use(target, async (client) => {
      for (const text of texts) await client.query(text).catch(() => {})
      return pidOf(client)
    })
  const next = async (text: string): Promise<unknown> =>
    pool.use(target, async (client) => {
      const { rows } = await client.query({ text, rowMode: 'array' })
      return rows[0]?.[0]
    })

  beforeAll(async () => {
    database = await Database.create(inject('postgresPort'))
  })

  beforeEach(() => {
    target = { ...database.target, settings: { application_name: 'the tests', work_mem: '5MB' } }
  })

  afterEach(() => pool.destroy())
  afterAll(() => database.drop())

  test.each([
    ['a setting', 'SET work_mem = 1234', 'SHOW work_mem', '5MB'],
    [
      'a setting made by a function',
      "SELECT set_config('work_mem', '1234', false)",
      'SHOW work_mem',
      '5MB',
    ],
    ['a role', "SET SESSION AUTHORIZATION DEFAULT; SET ROLE 'none'", 'SHOW role', 'none'],
    ['a temporary table', 'CREATE TEMP TABLE t ()', "SELECT to_regclass('t')", null],
    [
      'a prepared statement',
      'PREPARE p AS SELECT 1',
      'SELECT count(*)::int FROM pg_prepared_statements',
      0,
    ],
    [
      'an advisory lock',
      'SELECT pg_advisory_lock(1)',
      "SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'",
      0,
    ],
    ['a subscription', 'LISTEN news', 'SELECT count(*)::int FROM pg_listening_channels()', 0],
    [
      'a cursor',
      'DECLARE c CURSOR WITH HOLD FOR SELECT 1',
      'SELECT count(*)::int FROM pg_cursors',
      0,
    ],
  ])('does not find %s', async (_, done, asked, answer) => {
    open()
    const pid = await first(done)

    expect(await next(asked)).toBe(answer)
    expect(await next('SELECT pg_backend_pid()')).toBe(pid)
    expect(pool.stats().totals.dials).toBe(1)
  })

  test.each([
    ['session', []],
    ['session', ['SELECT 1/0']],
    ['transaction', []],
    ['transaction', ['SELECT 1/0']],
  ] as const)('is not in a transaction (reset: %s, after %j)', async (reset, wrong) => {
    open({ reset })
    const pid = await first(
      'CREATE TABLE IF NOT EXISTS kept ()',
      'BEGIN',
      'CREATE TABLE lost ()',
      ...wrong,
    )

    expect(await next("SELECT to_regclass('lost')")).toBe(null)
    expect(await next("SELECT to_regclass('kept')")).toBe('kept')
    expect(await next('SELECT pg_backend_pid()')).toBe(pid)
  })

  test('gets a session as it was left, if only transactions are undone', async () => {
    open({ reset: 'transaction' })
    await first('SET work_mem = 1234')

    expect(await next('SHOW work_mem')).toBe('1234kB')
  })

  test('has the settings of its target', async () => {
    open()
    await first('RESET ALL')

    expect(await next('SHOW application_name')).toBe('the tests')
  })

  test('can use a statement with a name that its predecessor has used', async () => {
    open()
    const named = { name: 'answer', text: 'SELECT 42 AS answer' }

    for (const _ of ['first', 'second']) {
      const { rows } = await pool.use(target, (client) => client.query(named))
      expect(rows).toEqual([{ answer: 42 }])
    }
    const other = { name: 'answer', text: 'SELECT 43 AS answer' }
    const { rows } = await pool.use(target, (client) => client.query(other))
    expect(rows).toEqual([{ answer: 43 }])
    expect(pool.stats().totals.dials).toBe(1)
  })

  test('does not answer to what its predecessor has listened to', async () => {
    open()
    const client = await pool.use(target, async (client) => {
      client.on('notification', () => {})
      await client.query('LISTEN news')
      return client
    })
    await next('SELECT 1')

    expect(client.listenerCount('notification')).toBe(0)
  })

  test('waits for the reset, and then gets that very session', async () => {
    open()
    const lease = await pool.acquire(target)
    await lease.conn.query('SET work_mem = 1234')
    const waiting = pool.acquire(target)

    lease.release()
    expect(pool.stats()).toMatchObject({ open: 1, idle: 1, waiting: 1 })
    expect(pool.tryAcquire(target)).toBe(undefined)

    const second = await waiting
    expect(second.conn).toBe(lease.conn)
    expect((await second.conn.query('SHOW work_mem')).rows).toEqual([{ work_mem: '5MB' }])
    second.release()
  })

  test('waits for the reset also when the session is released from a callback', async () => {
    open()
    const lease = await pool.acquire(target)
    const waiting = pool.acquire(target)
    lease.conn.query('SET work_mem = 1234', () => lease.release())

    const second = await waiting
    expect(second.conn).toBe(lease.conn)
    expect((await second.conn.query('SHOW work_mem')).rows).toEqual([{ work_mem: '5MB' }])
    second.release()
  })

  test.each(['session', 'transaction'] as const)(
    'has a session whose last statement failed a moment ago (reset: %s)',
    async (reset) => {
      open({ reset })
      for (let i = 0; i < 20; i++) {
        const lease = await pool.acquire(target)
        await new Promise((resolve) => lease.conn.query('SELECT 1/0', resolve))
        lease.release()
      }

      expect(await next('SELECT 1')).toBe(1)
      expect(pool.stats().totals.dials).toBe(1)
    },
  )

  test('does not get a session that is in the middle of a query', async () => {
    open()
    const lease = await pool.acquire(target)
    const query = lease.conn.query('SELECT pg_sleep(60)')
    lease.release()

    await expect(query).rejects.toThrow()
    expect(await next('SELECT 1')).toBe(1)
    expect(pool.stats().totals).toMatchObject({ dials: 2, closed: { broken: 1 } })
  })

  test('gets another session if the reset takes too long', async () => {
    open({ resetTimeoutMs: 50 })
    const relay = await Relay.start(target.port)
    onTestFinished(() => relay.stop())
    target = { ...target, port: relay.port }
    const pid = await pool.use(target, async (client) => {
      await client.query('SELECT 1')
      relay.freeze()
      return pidOf(client)
    })

    const other = await next('SELECT pg_backend_pid()')

    expect(other).not.toBe(pid)
    expect(pool.stats().open).toBe(1)
  })
})
