import type { Attributes, Meter } from '@opentelemetry/api'
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'

/** OpenTelemetry's own SDK, whose export a test reads. */
export class CollectedMetrics {
  readonly meter: Meter
  readonly #exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  readonly #provider: MeterProvider
  #data: MetricData[] = []

  constructor() {
    const reader = new PeriodicExportingMetricReader({
      exporter: this.#exporter,
      exportIntervalMillis: 3_600_000,
    })
    this.#provider = new MeterProvider({ readers: [reader] })
    this.meter = this.#provider.getMeter('test')
  }

  /** Collects and exports; the rest is about this export. */
  async collect(): Promise<void> {
    this.#exporter.reset()
    await this.#provider.forceFlush()
    this.#data = this.#exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
  }

  get all(): readonly MetricData[] {
    return this.#data
  }

  metric(name: string): MetricData | undefined {
    return this.#data.find(({ descriptor }) => descriptor.name === name)
  }

  points(name: string, like: Attributes = {}): DataPoint<number | Histogram>[] {
    const points = (this.metric(name)?.dataPoints ?? []) as DataPoint<number | Histogram>[]
    return points.filter(({ attributes }) =>
      Object.entries(like).every(([attribute, value]) => attributes[attribute] === value),
    )
  }

  attributes(name: string): Attributes[] {
    return this.points(name).map(({ attributes }) => attributes)
  }

  /** The sum over all series with these attributes: of a histogram, of how often it was recorded. */
  value(name: string, like?: Attributes): number {
    return this.points(name, like).reduce(
      (total, { value }) => total + (typeof value === 'number' ? value : value.count),
      0,
    )
  }

  /** The sum of what a histogram recorded. */
  sum(name: string, like?: Attributes): number {
    return this.points(name, like).reduce(
      (total, { value }) => total + (typeof value === 'number' ? 0 : (value.sum ?? 0)),
      0,
    )
  }

  shutdown(): Promise<void> {
    return this.#provider.shutdown()
  }
}
