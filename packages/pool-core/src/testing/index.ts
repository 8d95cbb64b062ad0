export {
  adapterConformance,
  ConformanceError,
  type ConformanceOptions,
  type Law,
} from './conformance.ts'
export type { ExplorableMove, ExploreOptions } from './explore/explore-options.ts'
export { type ExplorationSummary, explore } from './explore.ts'
export { FakeAdapter, FakeConn, FakeDial } from './fake-adapter.ts'
export { FakeClock } from './fake-clock.ts'
export { checkInvariants } from './invariants.ts'
export type { Backend, Capabilities } from './laws/backend.ts'
export { PoolTester } from './pool-tester.ts'
export type { SimulationEvent } from './simulate/event-log.ts'
export { SimulationError } from './simulate/simulation-error.ts'
export type { DialOutcomes, SimulatedAction, Span, Workload } from './simulate/workload.ts'
export { type SimulateOptions, type SimulationSummary, simulate } from './simulate.ts'
export { TesterWant } from './tester-want.ts'
