import type { Engine } from '../engine.ts'
import type { KeyState } from '../key-state.ts'
import { wrongType } from '../options.ts'
import { engineOf, Pool } from '../pool.ts'
import type { PooledConn } from '../pooled-conn.ts'
import type { KeyStats, PoolStats } from '../stats.ts'
import type { WantConn } from '../want-conn.ts'
import { idleInOrder } from './idle-in-order.ts'

const counts = ['open', 'idle', 'leased', 'leases', 'dialing', 'waiting'] as const

/**
 * Throws, naming the invariant, if a pool's state contradicts itself. To be called between any
 * two steps of a test, and in any callback; it changes nothing. Its cost grows with the pool. Throws
 * `TypeError` for what is no pool of this copy of the package.
 *
 * - **B**ooks: what came in is what went out and what is still there.
 * - **L**imits are kept.
 * - **W**ants: none waits beside a connection it could have, and none with nothing coming.
 * - **C**onnections are where their leases and their capacity say.
 * - **K**eys have some state.
 */
export function checkInvariants<Target, Conn extends object>(pool: Pool<Target, Conn>): void {
  if (!(pool instanceof Pool)) throw wrongType('checkInvariants() pool', 'a Pool', pool)
  const engine = engineOf(pool)
  const stats = pool.stats()
  checkBooks(stats)
  checkSums(stats, engine)
  checkLimits(stats, engine)
  for (const state of engine.keys.values()) {
    checkKey(state)
    checkWants(state)
    checkDials(state)
  }
  for (const record of engine.conns.records()) checkConn(record)
}

function hold(condition: boolean, invariant: string): void {
  if (!condition) throw new Error(`broken invariant ${invariant}`)
}

function holdEqual(left: number, right: number, invariant: string): void {
  hold(left === right, `${invariant}: ${left} is not ${right}`)
}

function checkBooks({ totals, waiting, dialing, open }: PoolStats): void {
  const { got, failed, canceled, timedOut, refused, opened, detached } = totals
  const closed = Object.values(totals.closed).reduce((sum, count) => sum + count, 0)
  holdEqual(
    totals.wants,
    got + failed + canceled + timedOut + refused + waiting,
    'B1 wants = got + failed + canceled + timedOut + refused + waiting',
  )
  holdEqual(
    totals.dials,
    opened + totals.dialsFailed + dialing,
    'B2 dials = opened + dialsFailed + dialing',
  )
  holdEqual(opened, open + detached + closed, 'B3 opened = open + detached + Σ closed')
}

function checkSums<Target, Conn extends object>(
  stats: PoolStats,
  engine: Engine<Target, Conn>,
): void {
  const keys = [...engine.keys.values()].map((state) => state.stats())
  for (const count of counts) {
    holdEqual(stats[count], sum(keys, count), `B4 ${count} in all = Σ ${count} of the keys`)
    hold(stats[count] >= 0, `B5 ${count} is not below zero: ${stats[count]}`)
  }
  const records = [...engine.conns.records()]
  holdEqual(stats.open, records.length, 'B6 open = connections on record')
  const leases = records.reduce((total, record) => total + record.leases, 0)
  holdEqual(stats.leases, leases, 'B7 leases = Σ leases of the connections')
  checkIdleOrder(stats, engine)
}

function checkIdleOrder<Target, Conn extends object>(
  stats: PoolStats,
  engine: Engine<Target, Conn>,
): void {
  const idle = [...idleInOrder(engine)]
  holdEqual(idle.length, stats.idle, 'B8 idle = connections in the order of the idle')
  let before = 0
  for (const { idleAt } of idle) {
    hold(idleAt >= before, 'B9 the idle stand in the order in which they became idle')
    before = idleAt
  }
}

function sum(keys: KeyStats[], count: (typeof counts)[number]): number {
  return keys.reduce((total, key) => total + key[count], 0)
}

function checkLimits<Target, Conn extends object>(
  stats: PoolStats,
  engine: Engine<Target, Conn>,
): void {
  const { maxTotal, maxIdle, maxPerKey, maxIdlePerKey, maxWaiting } = engine.settings
  hold(stats.open + stats.dialing <= maxTotal, 'L1 open + dialing ≤ maxTotal')
  hold(stats.idle <= maxIdle, 'L2 idle ≤ maxIdle')
  for (const state of engine.keys.values()) {
    hold(state.places <= maxPerKey, `L3 open + dialing of ${state.key} ≤ maxPerKey`)
    hold(state.idle <= maxIdlePerKey, `L4 idle of ${state.key} ≤ maxIdlePerKey`)
    hold(state.line.size <= maxWaiting, `L5 waiting of ${state.key} ≤ maxWaiting`)
  }
}

function checkKey<Target, Conn extends object>(state: KeyState<Target, Conn>): void {
  hold(!state.isEmpty, `K1 ${state.key} has some state`)
  const isOnMap = state.engine.keys.get(state.key) === state
  hold(isOnMap, `K2 ${state.key} is the state of its key`)
}

function checkWants<Target, Conn extends object>(state: KeyState<Target, Conn>): void {
  const { engine, key, line } = state
  const { idleOrder, maxPerKey, maxTotal } = engine.settings
  let length = 0
  let firstToDial: WantConn<Target, Conn> | undefined
  for (let want = line.first; want !== undefined; want = want.next) {
    length++
    if (want.dial === undefined) firstToDial ??= want
    hold(want.waiting && want.state === state, `W1 who stands in line of ${key} waits`)
    const inOrder = want.dial === undefined || firstToDial === undefined
    hold(inOrder, `W2 in line of ${key}, those with a dial stand before those without`)
  }
  holdEqual(length, line.size, `W3 length of the line of ${key}`)
  hold(line.firstToDial === firstToDial, `W4 who dials next of ${key}`)
  if (length === 0) return
  hold(!engine.isClosed, `W5 nobody waits in a closed pool (${key})`)
  hold(state.next(idleOrder) === undefined, `W6 nobody of ${key} waits beside a ready connection`)
  const total = engine.conns.open + engine.dialer.dialing
  const isFull = state.places >= maxPerKey || (total >= maxTotal && engine.conns.idle.size === 0)
  hold(isFull || !state.lacksDial, `W7 nobody of ${key} waits with room and nothing coming`)
}

function checkDials<Target, Conn extends object>(state: KeyState<Target, Conn>): void {
  const dials = [...state.dials]
  const owned = dials.filter((dial) => dial.want !== undefined)
  const slow = dials.filter((dial) => dial.slow)
  holdEqual(state.dialing, dials.length, `D0 dials of ${state.key}`)
  holdEqual(state.owned, owned.length, `D1 dials of ${state.key} whose want waits`)
  holdEqual(state.slow, slow.length, `D2 slow dials of ${state.key}`)
  const slowOwned = slow.filter((dial) => dial.want !== undefined)
  holdEqual(state.slowOwned, slowOwned.length, `D3 slow dials of ${state.key} whose want waits`)
  for (const dial of owned) {
    hold(dial.want?.dial === dial && dial.want.waiting, `D4 want and dial of ${state.key} agree`)
  }
}

function checkConn<Target, Conn extends object>(record: PooledConn<Target, Conn>): void {
  const { state, leases, capacity, shelf, isIdle } = record
  hold(state !== undefined, 'C1 a connection on record has a key')
  const hasRoom = leases === 0 || leases < capacity
  const where = `a connection of ${state?.key} with ${leases}/${capacity} leases`
  if (record.retired === undefined) {
    hold((shelf !== undefined) === hasRoom, `C2 ${where} is on a shelf if it has room`)
    hold(isIdle === (leases === 0), `C3 ${where} is idle if it has no lease`)
  } else {
    hold(shelf === undefined && !isIdle && leases > 0, `C4 ${where} and retired is on no shelf`)
  }
  hold(leases === 0 || !record.toldIdle, `C5 a leased connection of ${state?.key} is not said idle`)
}
