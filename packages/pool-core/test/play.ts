import type { PoolOptions, PoolTrace } from '../src/index.ts'
import { FakeAdapter, type FakeConn, PoolTester, type TesterWant } from '../src/testing/index.ts'

/** A want that a dial of its own has settled. */
export async function lease(t: PoolTester, target: string): Promise<TesterWant> {
  const want = t.get(target)
  const conn = (await t.wantDial(t.adapter.key(target))).finish()
  await want.wantGot(conn)
  return want
}

/** A pool whose dials are expected to bring room for so many leases. */
export function sharing(capacity: number, options: PoolOptions<FakeConn> = {}): PoolTester {
  const adapter = new FakeAdapter()
  adapter.capacity = capacity
  return new PoolTester(options, adapter)
}

export interface Seen {
  readonly hook: keyof PoolTrace<FakeConn>
  readonly event: object
}

/** A trace that notes every call of its hooks, in order. */
export function recorder(): { trace: PoolTrace<FakeConn>; seen: Seen[]; hooks: () => string[] } {
  const seen: Seen[] = []
  const note = (hook: Seen['hook']) => (event: object) => void seen.push({ hook, event })
  const trace: PoolTrace<FakeConn> = {
    getConn: note('getConn'),
    dialStart: note('dialStart'),
    dialDone: note('dialDone'),
    gotConn: note('gotConn'),
    wantFailed: note('wantFailed'),
    putIdle: note('putIdle'),
    connClosed: note('connClosed'),
  }
  return { trace, seen, hooks: () => seen.map(({ hook }) => hook) }
}

/** A signal that knows how many listeners it has. */
export function countingSignal(): { signal: AbortSignal; listeners: () => number } {
  const { signal } = new AbortController()
  let listeners = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    if (args[0] === 'abort') listeners++
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    if (args[0] === 'abort') listeners--
    remove(...args)
  }
  return { signal, listeners: () => listeners }
}
