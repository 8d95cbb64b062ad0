export type {
  ConnectOptions,
  Connector,
  PoolDispatcherOptions,
  UndiciOptions,
} from './dispatcher-options.ts'
export type { HttpConn } from './http-conn.ts'
export type { OriginStats } from './origin-stats.ts'
export { PoolDispatcher } from './pool-dispatcher.ts'
