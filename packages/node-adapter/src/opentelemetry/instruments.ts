import type {
  Counter,
  Histogram,
  Meter,
  MetricOptions,
  Observable,
  ObservableCounter,
  ObservableUpDownCounter,
} from '@opentelemetry/api'

/** In seconds: what the conventions advise for `http.client.request.*`, and we for waits and dials. */
export const waitBuckets: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]

/** In seconds: what the conventions advise for `http.client.connection.duration`. */
export const connectionBuckets: readonly number[] = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300,
]

/** What the conventions name for an HTTP client, as far as a pool can know it. */
export interface HttpInstruments {
  readonly openConnections: ObservableUpDownCounter
  readonly connectionDuration: Histogram
  readonly timeInQueue: Histogram
}

/** The one namespace for pools in the conventions. */
export interface DbInstruments {
  readonly count: ObservableUpDownCounter
  readonly idleMax: ObservableUpDownCounter
  readonly max: ObservableUpDownCounter
  readonly pendingRequests: ObservableUpDownCounter
  readonly timeouts: ObservableCounter
  readonly createTime: Histogram
  readonly waitTime: Histogram
  readonly useTime: Histogram
}

/** What no convention names. */
export interface OwnInstruments {
  readonly waiting: ObservableUpDownCounter
  readonly settled: ObservableCounter
  readonly waitTime: Histogram
  readonly dialing: ObservableUpDownCounter
  readonly dialDuration: Histogram
  readonly surplusDials: Counter
  readonly closed: Counter
  readonly detached: ObservableCounter
}

export function httpInstruments(meter: Meter): HttpInstruments {
  return {
    openConnections: meter.createObservableUpDownCounter('http.client.open_connections', {
      unit: '{connection}',
      description: 'Connections that are open, by state.',
    }),
    connectionDuration: meter.createHistogram(
      'http.client.connection.duration',
      seconds('How long connections were open, once they are closed.', connectionBuckets),
    ),
    timeInQueue: meter.createHistogram(
      'http.client.request.time_in_queue',
      seconds('How long requests waited that found no connection ready.', waitBuckets),
    ),
  }
}

export function dbInstruments(meter: Meter): DbInstruments {
  const upDown = (name: string, unit: string, description: string): ObservableUpDownCounter =>
    meter.createObservableUpDownCounter(`db.client.connection.${name}`, { unit, description })
  const histogram = (name: string, description: string): Histogram =>
    meter.createHistogram(`db.client.connection.${name}`, seconds(description, waitBuckets))
  return {
    count: upDown('count', '{connection}', 'Connections that are open, by state.'),
    idleMax: upDown('idle.max', '{connection}', 'Idle connections that may be kept.'),
    max: upDown('max', '{connection}', 'Connections that may be open.'),
    pendingRequests: upDown('pending_requests', '{request}', 'Wants that wait for a connection.'),
    timeouts: meter.createObservableCounter('db.client.connection.timeouts', {
      unit: '{timeout}',
      description: 'Wants that waited too long.',
    }),
    createTime: histogram('create_time', 'How long it took to open a connection.'),
    waitTime: histogram('wait_time', 'How long it took to get a connection from the pool.'),
    useTime: histogram('use_time', 'How long connections were lent out at a time.'),
  }
}

export function ownInstruments(meter: Meter): OwnInstruments {
  const options = (unit: string, description: string): MetricOptions => ({ unit, description })
  return {
    waiting: meter.createObservableUpDownCounter(
      'wantconn.pool.want.waiting',
      options('{want}', 'Wants that wait for a connection.'),
    ),
    settled: meter.createObservableCounter(
      'wantconn.pool.want.settled',
      options('{want}', 'Wants that were settled, by outcome.'),
    ),
    waitTime: meter.createHistogram(
      'wantconn.pool.want.wait_time',
      seconds('How long wants waited that had to, or failed.', waitBuckets),
    ),
    dialing: meter.createObservableUpDownCounter(
      'wantconn.pool.dial.active',
      options('{dial}', 'Dials in flight.'),
    ),
    dialDuration: meter.createHistogram(
      'wantconn.pool.dial.duration',
      seconds('How long dials took, until they brought a connection or failed.', waitBuckets),
    ),
    surplusDials: meter.createCounter(
      'wantconn.pool.dial.surplus',
      options('{dial}', 'Dials whose own want had been settled before they ended.'),
    ),
    closed: meter.createCounter(
      'wantconn.pool.connection.closed',
      options('{connection}', 'Connections that were closed, by reason.'),
    ),
    detached: meter.createObservableCounter(
      'wantconn.pool.connection.detached',
      options('{connection}', 'Connections that were taken out of the pool.'),
    ),
  }
}

/** All that a meter has for pools: made once for each meter, so that pools share them. */
export interface Instruments {
  readonly http: HttpInstruments
  readonly db: DbInstruments
  readonly own: OwnInstruments
  /** Those that are asked for their values when metrics are collected. */
  readonly counters: readonly Observable[]
  readonly upDowns: readonly Observable[]
}

export function instrumentsOf(meter: Meter): Instruments {
  const http = httpInstruments(meter)
  const db = dbInstruments(meter)
  const own = ownInstruments(meter)
  return {
    http,
    db,
    own,
    counters: [db.timeouts, own.settled, own.detached],
    upDowns: [
      http.openConnections,
      db.count,
      db.idleMax,
      db.max,
      db.pendingRequests,
      own.waiting,
      own.dialing,
    ],
  }
}

function seconds(description: string, boundaries: readonly number[]): MetricOptions {
  return { unit: 's', description, advice: { explicitBucketBoundaries: [...boundaries] } }
}
