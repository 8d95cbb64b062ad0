export { connectionBuckets, waitBuckets } from './instruments.ts'
export {
  type Convention,
  type ObservedPool,
  PoolMetrics,
  type PoolMetricsOptions,
} from './pool-metrics.ts'
export { type Server, serverOfKey } from './server-of-key.ts'
