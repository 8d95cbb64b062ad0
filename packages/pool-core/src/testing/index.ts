export {
  adapterConformance,
  ConformanceError,
  type ConformanceOptions,
  type Law,
} from './conformance.ts'
export { FakeAdapter, FakeConn, FakeDial } from './fake-adapter.ts'
export { FakeClock } from './fake-clock.ts'
export { checkInvariants } from './invariants.ts'
export type { Backend, Capabilities } from './laws/backend.ts'
export { PoolTester, TesterWant } from './pool-tester.ts'
