import type { PoolOptions } from '@wantconn/pool-core'
import { type FakeConn, PoolTester } from '@wantconn/pool-core/testing'
import { afterEach, expect, test } from 'vitest'
import { PoolMetrics, type PoolMetricsOptions, type Server } from '../src/opentelemetry/index.ts'
import { CollectedMetrics } from './support/collected-metrics.ts'

const key = 'tcp a.test:8080'
const server = { 'server.address': 'a.test', 'server.port': 8080 }
const own = { 'wantconn.pool.name': 'p', ...server }

let undo: (() => unknown)[] = []

afterEach(async () => {
  for (const end of undo) await end()
  undo = []
})

function collected(): CollectedMetrics {
  const sdk = new CollectedMetrics()
  undo.push(() => sdk.shutdown())
  return sdk
}

function observed(
  options: Partial<PoolMetricsOptions> = {},
  poolOptions: PoolOptions<FakeConn> = {},
  sdk: CollectedMetrics = collected(),
): { t: PoolTester; sdk: CollectedMetrics; metrics: PoolMetrics } {
  let clock: { now(): number } | undefined
  const now = (): number => clock?.now() ?? 0
  const metrics = new PoolMetrics({ name: 'p', meter: sdk.meter, now, ...options })
  const t = new PoolTester({ ...poolOptions, trace: metrics.trace })
  clock = t.clock
  metrics.observe(t.pool)
  return { t, sdk, metrics }
}

/** One connection, dialed in 40 ms, and its lease. */
async function connect(
  t: PoolTester,
  target: string = key,
): Promise<ReturnType<PoolTester['get']>> {
  const want = t.get(target)
  const dial = await t.wantDial(target)
  t.advance(40)
  dial.finish()
  await want.wantGot()
  return want
}

test('open connections are counted by state, and are none again when the pool is closed', async () => {
  const { t, sdk } = observed()
  const used = await connect(t)
  ;(await connect(t)).release()

  await sdk.collect()
  expect(
    sdk.points('http.client.open_connections').map(({ attributes, value }) => [attributes, value]),
  ).toEqual([
    [{ 'http.connection.state': 'active', ...server }, 1],
    [{ 'http.connection.state': 'idle', ...server }, 1],
  ])

  used.release()
  await t.pool.close()
  await sdk.collect()
  expect(sdk.points('http.client.open_connections').map(({ value }) => value)).toEqual([0, 0])
})

test('a connection that is detached, or dies while it is lent out, is open no more', async () => {
  const { t, sdk } = observed()
  const upgraded = await connect(t)
  const reset = await connect(t)

  upgraded.detach()
  ;(await reset.wantGot()).conn.die()

  await sdk.collect()
  expect(sdk.value('http.client.open_connections')).toBe(0)
  expect(sdk.value('wantconn.pool.connection.detached', { 'wantconn.pool.name': 'p' })).toBe(1)
  expect(
    sdk
      .points('wantconn.pool.connection.closed')
      .map(({ attributes, value }) => [attributes, value]),
  ).toEqual([[{ ...own, 'wantconn.close.reason': 'closed-by-peer' }, 1]])
  expect(sdk.value('http.client.connection.duration')).toBe(1)
})

test('a closed connection’s duration is recorded in seconds, from its dial to its end', async () => {
  const { t, sdk } = observed()
  const want = await connect(t)
  t.advance(1_500)
  want.release()
  t.advance(500)
  t.pool.closeIdle()

  await sdk.collect()
  expect(sdk.sum('http.client.connection.duration')).toBe(2)
  expect(sdk.attributes('http.client.connection.duration')).toEqual([server])
})

test('only a want that had to wait has a time in queue, and a wait time', async () => {
  const { t, sdk } = observed()
  ;(await connect(t)).release()
  const ready = t.get(key)
  await ready.wantGot()

  await sdk.collect()
  const scheme = { 'url.scheme': 'http' }
  expect(sdk.value('http.client.request.time_in_queue')).toBe(1)
  expect(sdk.sum('http.client.request.time_in_queue')).toBe(0.04)
  expect(sdk.attributes('http.client.request.time_in_queue')).toEqual([{ ...server, ...scheme }])
  expect(sdk.value('wantconn.pool.want.wait_time')).toBe(1)
  expect(sdk.attributes('wantconn.pool.want.wait_time')).toEqual([own])
})

test('a port that goes without saying is left out where the convention wants that', async () => {
  const { t, sdk } = observed()

  await connect(t, 'tls a.test:443 alpn=http/1.1')

  await sdk.collect()
  expect(sdk.attributes('http.client.request.time_in_queue')).toEqual([
    { 'server.address': 'a.test', 'url.scheme': 'https' },
  ])
  expect(sdk.attributes('http.client.open_connections')[0]).toMatchObject({ 'server.port': 443 })
})

test('what a want failed with is its error type: a code, else a class', async () => {
  const { t, sdk } = observed({}, { acquireTimeoutMs: 100 })
  const error = Object.assign(new Error('no'), { code: 'ECONNREFUSED' })
  const refused = t.get(key)
  ;(await t.wantDial(key)).fail(error)
  await refused.wantFailed({ error })
  t.get(key)
  t.advance(100)
  t.get(key, { signal: AbortSignal.abort() })
  t.get(key, { signal: AbortSignal.abort({ no: 'error' }) })

  await sdk.collect()
  const types = sdk.attributes('wantconn.pool.want.wait_time').map((it) => it['error.type'])
  expect(types).toEqual(['ECONNREFUSED', 'ERR_POOL_WANT_TIMEOUT', 'AbortError', '_OTHER'])
})

test('error types are bounded, whatever wants are aborted with', async () => {
  const { t, sdk } = observed()
  for (let i = 0; i < 200; i++) {
    t.get(key, { signal: AbortSignal.abort(Object.assign(new Error(), { code: `REQUEST_${i}` })) })
  }

  await sdk.collect()
  expect(sdk.points('wantconn.pool.want.wait_time')).toHaveLength(51)
  expect(sdk.value('wantconn.pool.want.wait_time', { 'error.type': '_OTHER' })).toBe(150)
})

test('a dial whose want was settled otherwise is a surplus dial', async () => {
  const { t, sdk } = observed()
  const first = await connect(t)
  t.get(key)
  const dial = await t.wantDial(key)
  first.release()

  await sdk.collect()
  expect(sdk.value('wantconn.pool.dial.active', own)).toBe(1)
  expect(sdk.value('wantconn.pool.dial.surplus')).toBe(0)

  t.advance(60)
  dial.finish()
  await t.turn()
  await sdk.collect()
  expect(sdk.value('wantconn.pool.dial.active', own)).toBe(0)
  expect(sdk.value('wantconn.pool.dial.surplus', own)).toBe(1)
  expect(sdk.value('wantconn.pool.dial.duration', own)).toBe(2)
  expect(sdk.sum('wantconn.pool.dial.duration')).toBeCloseTo(0.1)
})

test('the generic names of a pool are reported if asked for, and those of HTTP not', async () => {
  const { t, sdk } = observed(
    { conventions: ['db'], maxTotal: 2, maxIdle: 1 },
    { maxTotal: 2, maxIdle: 1, acquireTimeoutMs: 1_000 },
  )
  const first = await connect(t)
  const second = await connect(t)
  const third = t.get(key)
  t.advance(100)
  first.release()
  await third.wantGot()
  second.release()
  for (let i = 0; i < 3; i++) t.get(key)
  t.advance(960)

  await sdk.collect()
  const pool = { 'db.client.connection.pool.name': 'p' }
  const value = (name: string, state?: string): number =>
    sdk.value(`db.client.connection.${name}`, {
      ...pool,
      ...(state === undefined ? {} : { 'db.client.connection.state': state }),
    })
  expect({
    used: value('count', 'used'),
    idle: value('count', 'idle'),
    max: value('max'),
    idleMax: value('idle.max'),
    pending: value('pending_requests'),
    timeouts: value('timeouts'),
    created: value('create_time'),
    waited: value('wait_time'),
    uses: value('use_time'),
  }).toEqual({
    used: 2,
    idle: 0,
    max: 2,
    idleMax: 1,
    pending: 2,
    timeouts: 0,
    created: 2,
    waited: 4,
    uses: 2,
  })
  expect(sdk.sum('db.client.connection.create_time')).toBeCloseTo(0.08)
  // The first: 40 ms of the second's dial, and 100; the second: 100.
  expect(sdk.sum('db.client.connection.use_time')).toBeCloseTo(0.24)
  expect(sdk.all.filter(({ descriptor }) => descriptor.name.startsWith('http.'))).toEqual([])

  t.advance(40)
  await sdk.collect()
  expect(value('timeouts')).toBe(2)
  expect(value('pending_requests')).toBe(0)
})

test('connections that carry several leases have no use time, as nobody can tell it', async () => {
  const { t, sdk } = observed({ conventions: ['db'] })
  const want = t.get(key)
  const dial = await t.wantDial(key)
  dial.link.setCapacity(2)
  dial.finish()
  await want.wantGot()
  const beside = t.get(key)
  await beside.wantGot()
  t.advance(100)
  want.release()
  beside.release()
  t.pool.closeIdle()

  await sdk.collect()
  expect(sdk.value('db.client.connection.use_time')).toBe(0)
  expect(sdk.value('db.client.connection.wait_time')).toBe(2)
})

test('where a key leads is what the user says, with all that is known of it', async () => {
  const serverOf = (shard: string): Server | undefined =>
    shard === 's1' ? { address: 'one.test', port: 80, protocolVersion: '1.1' } : undefined
  const { t, sdk } = observed({ serverOf })
  await connect(t, 's1')
  await connect(t, 's2')

  await sdk.collect()
  expect(sdk.attributes('http.client.request.time_in_queue')).toEqual([
    { 'server.address': 'one.test', 'server.port': 80, 'network.protocol.version': '1.1' },
    { 'server.address': '_OTHER' },
  ])
  expect(sdk.attributes('wantconn.pool.want.waiting')).toEqual([
    { 'wantconn.pool.name': 'p', 'server.address': 'one.test', 'server.port': 80 },
    { 'wantconn.pool.name': 'p', 'server.address': '_OTHER' },
  ])
})

test('a hundred keys of one server are one series', async () => {
  const { t, sdk } = observed({ maxServers: 2, serverOf: () => ({ address: 'one.test' }) })
  for (let i = 0; i < 100; i++) t.get(`shard ${i}`).cancel()

  await sdk.collect()
  expect(sdk.points('wantconn.pool.want.wait_time')).toHaveLength(1)
  expect(sdk.value('wantconn.pool.want.wait_time')).toBe(100)
})

test('servers beyond the limit share one series that says so', async () => {
  const { t, sdk } = observed({ maxServers: 2 })
  for (let i = 0; i < 20; i++) await connect(t, `tcp host${i}.test:80`)

  await sdk.collect()
  const active = { 'http.connection.state': 'active' }
  expect(
    sdk
      .points('http.client.open_connections', active)
      .map(({ attributes, value }) => [attributes, value]),
  ).toEqual([
    [{ ...active, 'server.address': 'host0.test', 'server.port': 80 }, 1],
    [{ ...active, 'server.address': 'host1.test', 'server.port': 80 }, 1],
    [{ ...active, 'otel.metric.overflow': true }, 18],
  ])
  for (const name of ['wantconn.pool.dial.duration', 'wantconn.pool.want.wait_time']) {
    expect(sdk.points(name)).toHaveLength(3)
  }
})

test('a limit of 0 leaves the one series that all share', async () => {
  const { t, sdk } = observed({ maxServers: 0 })
  await connect(t)

  await sdk.collect()
  expect(sdk.attributes('wantconn.pool.dial.active')).toEqual([
    { 'wantconn.pool.name': 'p', 'otel.metric.overflow': true },
  ])
})

test('keys of one server are added up, in one pool and over several', async () => {
  const sdk = collected()
  const one = observed({ name: 'one' }, {}, sdk)
  const two = observed({ name: 'two' }, {}, sdk)
  await connect(one.t, key)
  await connect(one.t, `${key} ipv4`)
  await connect(two.t, key)

  await sdk.collect()
  expect(sdk.value('http.client.open_connections', { 'http.connection.state': 'active' })).toBe(3)
  expect(sdk.value('wantconn.pool.want.settled', { 'wantconn.pool.name': 'one' })).toBe(2)
  expect(sdk.value('wantconn.pool.want.settled', { 'wantconn.pool.name': 'two' })).toBe(1)
})

test('after shutdown nothing is recorded, nothing is open, and no counter goes back', async () => {
  const sdk = collected()
  const one = observed({}, {}, sdk)
  const want = await connect(one.t)
  await sdk.collect()

  // when it is shut down with a connection still open, and used on
  one.metrics.shutdown()
  one.metrics.shutdown()
  want.release()
  await connect(one.t, 'tcp b.test:80')

  await sdk.collect()
  expect(sdk.value('http.client.open_connections')).toBe(0)
  expect(sdk.value('wantconn.pool.dial.duration')).toBe(1)
  expect(sdk.value('wantconn.pool.want.settled')).toBe(1)
  expect(() => one.metrics.observe(one.t.pool)).toThrow(TypeError)

  // and a successor of the same name counts on
  const two = observed({}, {}, sdk)
  await connect(two.t)
  await sdk.collect()
  expect(sdk.value('wantconn.pool.want.settled', { 'wantconn.want.outcome': 'fresh' })).toBe(2)
  expect(sdk.value('http.client.open_connections', { 'http.connection.state': 'active' })).toBe(1)
})

test('the outcomes of wants tell reuse from dials', async () => {
  const { t, sdk } = observed({}, { maxWaiting: 1 })
  const first = await connect(t)
  first.release()
  const second = t.get(key)
  await second.wantGot()
  t.get(key).cancel()
  t.get(key)
  t.get(key)

  await sdk.collect()
  const outcome = (name: string): number =>
    sdk.value('wantconn.pool.want.settled', { 'wantconn.want.outcome': name })
  expect({
    fresh: outcome('fresh'),
    reused: outcome('reused'),
    canceled: outcome('canceled'),
    refused: outcome('refused'),
    failed: outcome('failed'),
    timedOut: outcome('timed_out'),
  }).toEqual({ fresh: 1, reused: 1, canceled: 1, refused: 1, failed: 0, timedOut: 0 })
  expect(sdk.value('wantconn.pool.want.waiting', own)).toBe(1)
})

test.each([
  ['no options', undefined, TypeError],
  ['no name', {}, TypeError],
  ['an empty name', { name: '' }, TypeError],
  ['a misspelt name', { name: 'p', maxServer: 1 }, TypeError],
  ['another convention', { name: 'p', conventions: ['rpc'] }, TypeError],
  ['no function', { name: 'p', serverOf: 'a.test' }, TypeError],
  ['no number', { name: 'p', maxServers: '1' }, TypeError],
  ['a fraction', { name: 'p', maxServers: 1.5 }, RangeError],
  ['less than nothing', { name: 'p', maxIdle: -1 }, RangeError],
])('options with %s are refused', (_, options, error) => {
  expect(() => new PoolMetrics(options as never)).toThrow(error)
})

test('an option given as undefined is not given', () => {
  const none = {
    meter: undefined,
    conventions: undefined,
    serverOf: undefined,
    maxServers: undefined,
  }

  expect(() => new PoolMetrics({ name: 'p', ...none })).not.toThrow()
})
