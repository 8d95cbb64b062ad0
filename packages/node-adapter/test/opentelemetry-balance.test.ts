import type { Lease } from '@wantconn/pool-core'
import { Pool } from '@wantconn/pool-core'
import {
  checkInvariants,
  FakeAdapter,
  FakeClock,
  type FakeConn,
  type FakeDial,
} from '@wantconn/pool-core/testing'
import { expect, test } from 'vitest'
import { combineTraces } from '../src/diagnostics.ts'
import { PoolMetrics } from '../src/opentelemetry/index.ts'
import { CollectedMetrics } from './support/collected-metrics.ts'

const targets = ['tcp a.test:80', 'tcp a.test:80 ipv4', 'tls b.test:443', 'unix /run/c.sock']

/** mulberry32: a seed makes a life that can be lived again. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A pool to which anything happens, one step after another. */
class RandomLife {
  readonly clock = new FakeClock()
  readonly adapter = new FakeAdapter()
  readonly sdk = new CollectedMetrics()
  readonly metrics: PoolMetrics
  readonly pool: Pool<string, FakeConn>
  readonly leases = new Set<Lease<FakeConn>>()
  /** Wants that had to wait, or failed. */
  waited = 0
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = randomOf(seed)
    this.metrics = new PoolMetrics({
      name: 'p',
      meter: this.sdk.meter,
      conventions: ['http', 'db'],
      now: () => this.clock.now(),
    })
    this.pool = new Pool<string, FakeConn>(this.adapter, {
      clock: this.clock,
      random: this.#random,
      trace: combineTraces<FakeConn>(this.metrics.trace, {
        gotConn: ({ waitedMs }) => this.#count(waitedMs > 0),
        wantFailed: () => this.#count(true),
      }),
      maxPerKey: 4,
      maxTotal: 9,
      maxIdlePerKey: 2,
      idleTimeoutMs: 300,
      maxLifetimeMs: 2_000,
      maxUses: 6,
      dialTimeoutMs: 400,
      acquireTimeoutMs: 40,
      maxWaiting: 4,
    })
    this.metrics.observe(this.pool)
  }

  async step(): Promise<void> {
    this.#any(this.#steps)()
    for (let i = 0; i < 8; i++) await undefined
    checkInvariants(this.pool)
  }

  readonly #steps: (() => void)[] = [
    () => this.#want(),
    () => this.#want(),
    () => this.#want(),
    () => this.#finish(),
    () => this.#finish(),
    () => this.#finish(),
    () => this.#dial()?.fail(),
    () => this.#end((lease) => lease.release()),
    () => this.#end((lease) => lease.release()),
    () => this.#end((lease) => lease.discard()),
    () => this.#detach(),
    () => this.#anyConn()?.die(),
    () => this.#anyConn()?.drain(),
    () => this.#anyConn()?.setCapacity(Math.floor(this.#random() * 4)),
    () => this.clock.advance(this.#random() * 120),
    () => this.#random() < 0.2 && this.pool.closeIdle(),
  ]

  #count(isOne: boolean): void {
    if (isOne) this.waited++
  }

  #want(): void {
    const want = this.pool.want(this.#any(targets), (_error, lease) => {
      if (lease !== undefined) this.leases.add(lease)
    })
    if (this.#random() < 0.2) want.cancel()
  }

  #finish(): void {
    const dial = this.#dial()
    if (dial === undefined) return
    if (this.#random() < 0.3) dial.link.setCapacity(2)
    dial.finish()
  }

  #dial(): FakeDial | undefined {
    return this.#any(this.adapter.dials.filter(({ settled }) => !settled))
  }

  #anyConn(): FakeConn | undefined {
    return this.#any([...this.leases])?.conn
  }

  #end(how: (lease: Lease<FakeConn>) => void): void {
    const lease = this.#any([...this.leases])
    if (lease === undefined) return
    this.leases.delete(lease)
    how(lease)
  }

  #detach(): void {
    this.#end((lease) => {
      const isShared = [...this.leases].some(({ conn }) => conn === lease.conn)
      if (isShared) lease.release()
      else lease.detach()
    })
  }

  #any<T>(things: readonly T[]): T {
    return things[Math.floor(this.#random() * things.length)] as T
  }

  async close(): Promise<void> {
    const closed = this.pool.close()
    for (const lease of this.leases) lease.release()
    await closed
  }
}

/** What is exported now is what the pool's own books say. */
async function compare({ sdk, pool, waited }: RandomLife): Promise<void> {
  await sdk.collect()
  const { totals, ...now } = pool.stats()
  const closed = Object.values(totals.closed).reduce((sum, count) => sum + count, 0)
  const state = (name: string): number =>
    sdk.value('http.client.open_connections', { 'http.connection.state': name })
  const dbState = (name: string): number =>
    sdk.value('db.client.connection.count', { 'db.client.connection.state': name })
  expect({
    active: state('active'),
    idle: state('idle'),
    used: dbState('used'),
    dbIdle: dbState('idle'),
    waiting: sdk.value('wantconn.pool.want.waiting'),
    pending: sdk.value('db.client.connection.pending_requests'),
    timeouts: sdk.value('db.client.connection.timeouts'),
    dialing: sdk.value('wantconn.pool.dial.active'),
    dialed: sdk.value('wantconn.pool.dial.duration'),
    created: sdk.value('db.client.connection.create_time'),
    surplus: sdk.value('wantconn.pool.dial.surplus'),
    waited: sdk.value('wantconn.pool.want.wait_time'),
    got: sdk.value('db.client.connection.wait_time'),
    settled: sdk.value('wantconn.pool.want.settled'),
    detached: sdk.value('wantconn.pool.connection.detached'),
    durations: sdk.value('http.client.connection.duration'),
  }).toEqual({
    active: now.leased,
    idle: now.idle,
    used: now.leased,
    dbIdle: now.idle,
    waiting: now.waiting,
    pending: now.waiting,
    timeouts: totals.timedOut,
    dialing: now.dialing,
    dialed: totals.dials - now.dialing,
    created: totals.opened,
    surplus: totals.dialsSurplus,
    waited,
    got: totals.got,
    settled: totals.wants - now.waiting,
    detached: totals.detached,
    durations: closed,
  })
  for (const [reason, count] of Object.entries(totals.closed)) {
    const like = { 'wantconn.close.reason': reason }
    expect([reason, sdk.value('wantconn.pool.connection.closed', like)]).toEqual([reason, count])
  }
}

function compareServers({ sdk, pool }: RandomLife): void {
  const leased = (...keys: string[]): number =>
    keys.reduce((sum, key) => sum + pool.stats(key).leased, 0)
  const active = (address: string): number =>
    sdk.value('http.client.open_connections', {
      'http.connection.state': 'active',
      'server.address': address,
    })
  expect(active('a.test')).toBe(leased('tcp a.test:80', 'tcp a.test:80 ipv4'))
  expect(active('b.test')).toBe(leased('tls b.test:443'))
  expect(active('/run/c.sock')).toBe(leased('unix /run/c.sock'))
}

test.each([1, 2, 3, 4, 5])(
  'whatever happens to a pool, its metrics agree with its books (seed %i)',
  async (seed) => {
    const life = new RandomLife(seed)

    for (let i = 0; i < 400; i++) {
      await life.step()
      await compare(life)
      compareServers(life)
    }
    const { totals } = life.pool.stats()
    await life.close()

    // it was a life in which everything happened, and nothing is left of it
    for (const count of [
      'detached',
      'dialsSurplus',
      'dialsFailed',
      'timedOut',
      'reused',
    ] as const) {
      expect([count, totals[count]]).not.toEqual([count, 0])
    }
    expect(totals.closed['closed-by-peer']).toBeGreaterThan(0)
    await compare(life)
    expect(life.sdk.value('http.client.open_connections')).toBe(0)
    expect(life.sdk.value('wantconn.pool.dial.active')).toBe(0)
    await life.sdk.shutdown()
  },
)
