export { FakeAdapter, FakeConn, FakeDial } from './fake-adapter.ts'
export { FakeClock } from './fake-clock.ts'
export { checkInvariants } from './invariants.ts'
export { PoolTester, TesterWant } from './pool-tester.ts'
