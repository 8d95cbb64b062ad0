import type { PoolTrace } from '../src/index.ts'
import type { FakeConn, PoolTester, TesterWant } from '../src/testing/index.ts'

/** A want that a dial of its own has settled. */
export async function lease(t: PoolTester, target: string): Promise<TesterWant> {
  const want = t.get(target)
  const conn = (await t.wantDial(t.adapter.key(target))).finish()
  await want.wantGot(conn)
  return want
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
