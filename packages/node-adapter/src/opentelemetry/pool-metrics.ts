import { type Attributes, type Meter, metrics } from '@opentelemetry/api'
import type { KeyStats, PoolStats, PoolTrace } from '@wantconn/pool-core'
import { Collection, type Source } from './collection.ts'
import { ErrorTypes } from './error-types.ts'
import type { Instruments } from './instruments.ts'
import { type Convention, type PoolMetricsOptions, resolveOptions } from './options.ts'
import { Servers } from './servers.ts'
import { settledWants } from './settled-wants.ts'
import type { Tally } from './tally.ts'
import { UseTimes } from './use-times.ts'

export type { Convention, PoolMetricsOptions }

/** What is asked of a pool when metrics are collected. Every `Pool` is one. */
export interface ObservedPool {
  stats(): PoolStats
  stats(key: string): KeyStats
  keys(): Iterable<string>
}

/**
 * Metrics of a pool, under the names of OpenTelemetry's semantic conventions where they have one.
 *
 * ```ts
 * const metrics = new PoolMetrics({ name: 'api' })
 * const agent = new HttpAgent({ trace: metrics.trace })
 * metrics.observe(agent.pool)
 * ```
 *
 * What happens is recorded by the trace; what there is, connections by state above all, is read
 * from the pool's own books when metrics are collected, so that it is right at every moment.
 */
export class PoolMetrics {
  /** For `PoolOptions.trace`. It does nothing after {@link shutdown}. */
  readonly trace: PoolTrace<object>
  readonly #collection: Collection
  readonly #instruments: Instruments
  readonly #settings: ReturnType<typeof resolveOptions>
  readonly #servers: Servers
  readonly #errorTypes = new ErrorTypes()
  readonly #times: UseTimes
  readonly #ownPool: Attributes
  readonly #dbPool: Attributes
  readonly #pools = new Set<ObservedPool>()
  readonly #source: Source = (tally) => this.#report(tally)
  #isOn = true

  /** Throws `TypeError` or `RangeError`, naming option and value, for options that make no sense. */
  constructor(options: PoolMetricsOptions) {
    const settings = resolveOptions(options)
    const { name, now } = settings
    this.#settings = settings
    this.#collection = Collection.of(options.meter ?? defaultMeter())
    this.#instruments = this.#collection.instruments
    this.#servers = new Servers(name, settings.maxServers, settings.serverOf)
    this.#ownPool = { 'wantconn.pool.name': name }
    this.#dbPool = { 'db.client.connection.pool.name': name }
    this.#times = new UseTimes(now, (ms) => this.#used(ms))
    this.trace = this.#makeTrace()
  }

  /** From now on this pool's connections and wants are reported, until {@link shutdown}. */
  observe(pool: ObservedPool): void {
    if (!this.#isOn) throw new TypeError('observe() after shutdown()')
    this.#pools.add(pool)
    this.#collection.add(this.#source)
  }

  /** The last values are reported at the next collection, open connections as none, and then no more. */
  shutdown(): void {
    if (!this.#isOn) return
    this.#isOn = false
    this.#collection.remove(this.#source)
    this.#pools.clear()
  }

  #makeTrace(): PoolTrace<object> {
    const { http, db } = this.#settings
    const whileOn =
      <Event>(hook: (event: Event) => void): ((event: Event) => void) =>
      (event) => {
        if (this.#isOn) hook(event)
      }
    const trace: PoolTrace<object> = {
      dialDone: whileOn(({ key, durationMs, error, conn, surplus }) => {
        const failed = conn === undefined
        if (!failed && (http || db)) this.#times.opened(conn)
        if (!failed && db) this.#instruments.db.createTime.record(durationMs / 1_000, this.#dbPool)
        this.#dialed(key, durationMs, surplus, failed ? this.#errorTypes.of(error) : undefined)
      }),
      gotConn: whileOn((event) => {
        if (db) this.#times.lent(event)
        // A record costs the SDK more than a hand-over does the pool: one that took no time has none.
        if (event.waitedMs > 0) this.#waited(event.key, event.waitedMs, undefined)
        if (db) this.#instruments.db.waitTime.record(event.waitedMs / 1_000, this.#dbPool)
      }),
      wantFailed: whileOn(({ key, error, waitedMs }) => {
        this.#waited(key, waitedMs, this.#errorTypes.of(error))
      }),
      connClosed: whileOn((event) => {
        const { own, connection } = this.#servers.of(event.key)
        const openMs = http || db ? this.#times.closed(event) : undefined
        this.#instruments.own.closed.add(1, { ...own, 'wantconn.close.reason': event.reason })
        if (!http || openMs === undefined) return
        this.#instruments.http.connectionDuration.record(openMs / 1_000, connection)
      }),
    }
    return db ? { ...trace, putIdle: whileOn((event) => this.#times.idle(event)) } : trace
  }

  #dialed(key: string, ms: number, surplus: boolean, errorType: string | undefined): void {
    const { own } = this.#servers.of(key)
    const outcome = errorType === undefined ? own : { ...own, 'error.type': errorType }
    this.#instruments.own.dialDuration.record(ms / 1_000, outcome)
    if (surplus) this.#instruments.own.surplusDials.add(1, own)
  }

  #waited(key: string, ms: number, errorType: string | undefined): void {
    const { own, queue } = this.#servers.of(key)
    const outcome = errorType === undefined ? own : { ...own, 'error.type': errorType }
    this.#instruments.own.waitTime.record(ms / 1_000, outcome)
    if (ms > 0 && this.#settings.http) this.#instruments.http.timeInQueue.record(ms / 1_000, queue)
  }

  #used(ms: number): void {
    if (this.#settings.db) this.#instruments.db.useTime.record(ms / 1_000, this.#dbPool)
  }

  #report(tally: Tally): void {
    this.#reportZeros(tally)
    for (const pool of this.#pools) {
      for (const key of pool.keys()) this.#reportKey(tally, key, pool.stats(key))
      this.#reportPool(tally, pool.stats())
    }
    if (this.#settings.db) this.#reportLimits(tally)
  }

  /** A key that has gone from the pool is at zero: without that, an SDK repeats what it last heard. */
  #reportZeros(tally: Tally): void {
    const { http, own } = this.#instruments
    for (const server of this.#servers.all()) {
      tally.add(own.waiting, 0, server.own)
      tally.add(own.dialing, 0, server.own)
      if (!this.#settings.http) continue
      tally.add(http.openConnections, 0, server.active)
      tally.add(http.openConnections, 0, server.idle)
    }
  }

  #reportKey(tally: Tally, key: string, stats: KeyStats): void {
    const { http, own } = this.#instruments
    const server = this.#servers.of(key)
    tally.add(own.waiting, stats.waiting, server.own)
    tally.add(own.dialing, stats.dialing, server.own)
    if (!this.#settings.http) return
    tally.add(http.openConnections, stats.leased, server.active)
    tally.add(http.openConnections, stats.idle, server.idle)
  }

  #reportPool(tally: Tally, stats: PoolStats): void {
    const { db, own } = this.#instruments
    tally.add(own.detached, stats.totals.detached, this.#ownPool)
    for (const [outcome, count] of settledWants(stats.totals)) {
      tally.add(own.settled, count, { ...this.#ownPool, 'wantconn.want.outcome': outcome })
    }
    if (!this.#settings.db) return
    tally.add(db.count, stats.leased, { ...this.#dbPool, 'db.client.connection.state': 'used' })
    tally.add(db.count, stats.idle, { ...this.#dbPool, 'db.client.connection.state': 'idle' })
    tally.add(db.pendingRequests, stats.waiting, this.#dbPool)
    tally.add(db.timeouts, stats.totals.timedOut, this.#dbPool)
  }

  #reportLimits(tally: Tally): void {
    const { maxTotal, maxIdle } = this.#settings
    const { db } = this.#instruments
    if (Number.isFinite(maxTotal)) tally.add(db.max, maxTotal, this.#dbPool)
    if (Number.isFinite(maxIdle)) tally.add(db.idleMax, maxIdle, this.#dbPool)
  }
}

function defaultMeter(): Meter {
  return metrics.getMeter('@wantconn/node-adapter', undefined, {
    schemaUrl: 'https://opentelemetry.io/schemas/1.44.0',
  })
}
