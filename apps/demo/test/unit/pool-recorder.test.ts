import { type Lease, Pool, type PoolOptions } from '@wantconn/pool-core'
import { FakeAdapter, FakeClock, type FakeConn } from '@wantconn/pool-core/testing'
import { expect, test } from 'vitest'
import { PoolRecorder } from '../../src/inspector/pool-recorder.ts'
import type { PoolEvent } from '../../src/protocol.ts'
import { Stage } from '../../src/stage-state.ts'

/** A pool whose trace is recorded, and what the events add up to. */
class Recorded {
  readonly adapter = new FakeAdapter()
  readonly clock = new FakeClock()
  readonly events: PoolEvent[] = []
  readonly stage = new Stage()
  readonly leases: Lease<FakeConn>[] = []
  readonly recorder: PoolRecorder
  readonly pool: Pool<string, FakeConn>
  request = 0

  constructor(options: PoolOptions<FakeConn> = {}) {
    this.recorder = new PoolRecorder({
      emit: (event) => {
        this.events.push(event)
        this.stage.fold(event)
      },
      clock: this.clock,
      startedAt: 0,
      request: () => this.request,
    })
    const { trace } = this.recorder
    this.pool = new Pool<string, FakeConn>(this.adapter, { ...options, clock: this.clock, trace })
  }

  want(key = 'tcp a:1'): void {
    this.request++
    this.pool.want(key, (_, lease) => {
      if (lease !== undefined) this.leases.push(lease)
    })
  }

  of<Type extends PoolEvent['type']>(type: Type): Extract<PoolEvent, { type: Type }>[] {
    return this.events.filter((event) => event.type === type) as never
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('a want that its own dial serves is followed from its request to its connection', async () => {
  const t = new Recorded()

  t.want()
  t.clock.advance(7)
  t.adapter.dials[0]!.finish()
  await settled()

  expect(t.events).toEqual([
    { type: 'lane', t: 0, lane: 1, key: 'tcp a:1', name: 'a:1' },
    { type: 'want', t: 0, lane: 1, want: 1, request: 1 },
    { type: 'dial', t: 0, lane: 1, dial: 1 },
    { type: 'dialed', t: 7, lane: 1, dial: 1, durationMs: 7, conn: 1, surplus: false },
    expect.objectContaining({ type: 'got', want: 1, request: 1, conn: 1, by: 'own-dial', dial: 1 }),
  ])
})

test('a connection that is given back to a waiting want is handed over, and its dial comes late', async () => {
  const t = new Recorded()
  t.want()
  t.adapter.dials[0]!.finish()
  await settled()
  t.clock.advance(1)
  t.want()

  t.clock.advance(5)
  t.leases[0]!.release()
  t.adapter.dials[1]!.finish()
  await settled()

  expect(t.of('got')[1]).toMatchObject({ want: 2, by: 'handed-over', conn: 1, waitedMs: 5 })
  expect(t.of('got')[1]).not.toHaveProperty('dial')
  expect(t.of('dialed')[1]).toMatchObject({ dial: 2, conn: 2, surplus: true })
  expect(t.of('idle')).toMatchObject([{ conn: 2, dial: 2 }])
})

test('the late dial of one want serves another, and later wants take what is idle', async () => {
  const t = new Recorded()
  t.want()
  t.adapter.dials[0]!.finish()
  await settled()
  t.want()
  t.leases[0]!.release()
  t.clock.advance(3)
  t.want()

  t.adapter.dials[1]!.finish()
  await settled()
  t.leases[2]!.release()
  t.clock.advance(4)
  t.want()

  expect(t.of('got').map(({ want, by, idleMs }) => [want, by, idleMs])).toEqual([
    [1, 'own-dial', 0],
    [2, 'handed-over', 0],
    [3, 'other-dial', 0],
    [4, 'idle', 4],
  ])
})

test('a want that fails is the one that was stated then, not the first in line', async () => {
  const t = new Recorded({ maxPerKey: 1 })
  t.want()
  t.clock.advance(1)
  t.want()
  t.clock.advance(1)
  const third = t.pool.want('tcp a:1', () => {})

  t.clock.advance(1)
  third.cancel()

  expect(t.of('want-failed')).toMatchObject([{ want: 3, error: 'ERR_POOL_CANCELED', waitedMs: 1 }])
})

test('a shared connection has room for others', async () => {
  const t = new Recorded()
  t.want()
  t.adapter.dials[0]!.link.setCapacity(2)
  t.adapter.dials[0]!.finish()
  await settled()

  t.want()

  expect(t.of('got').map(({ by, conn }) => [by, conn])).toEqual([
    ['own-dial', 1],
    ['room', 1],
  ])
})

test('a failed dial says why, and a connection that is closed, too', async () => {
  const t = new Recorded()
  t.want()
  t.want('tcp b:1')
  t.adapter.dials[0]!.fail(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
  const conn = t.adapter.dials[1]!.finish()
  await settled()

  conn.die(new Error('no more'))

  expect(t.of('dialed')[0]).toMatchObject({ lane: 1, error: 'ECONNREFUSED' })
  expect(t.of('want-failed')).toMatchObject([{ want: 1, error: 'ECONNREFUSED' }])
  expect(t.of('closed')).toMatchObject([
    { lane: 2, reason: 'closed-by-peer', error: 'no more', uses: 1 },
  ])
})

test('an address is not looked up, so such a dial begins by connecting', () => {
  const t = new Recorded()

  t.want('tcp 127.0.0.1:80')
  t.want('tcp [::1]:80')
  t.want('tcp name:80')

  expect(t.of('phase').map(({ lane, phase }) => [lane, phase])).toEqual([
    [1, 'connect'],
    [2, 'connect'],
  ])
})

test('a phase is that of the oldest dial that can enter it', () => {
  const t = new Recorded()
  t.want()
  t.want()

  t.recorder.advance(() => true, 'lookup', 'connect')
  t.recorder.advance(() => true, 'connect', 'handshake')
  t.recorder.advance(() => true, 'lookup', 'connect')
  t.recorder.advance(() => false, 'lookup', 'connect')

  expect(t.of('phase').map(({ dial, phase }) => [dial, phase])).toEqual([
    [1, 'connect'],
    [1, 'handshake'],
    [2, 'connect'],
  ])
})

test('after it was stopped it tells nothing any more', async () => {
  const t = new Recorded()
  t.want()
  const { length } = t.events

  t.recorder.stop()
  t.adapter.dials[0]!.finish()
  t.want()
  await settled()
  t.pool.destroy()

  expect(t.events).toHaveLength(length)
})

/** A small generator of numbers that look random, the same for the same seed. */
function* random(seed: number): Generator<number, never> {
  for (let n = seed; ; ) {
    n = (Math.imul(n, 1_664_525) + 1_013_904_223) >>> 0
    yield n / 2 ** 32
  }
}

test.each([1, 2, 3, 4, 5])(
  'what the events add up to is what the pool says of itself, at every step (seed %d)',
  async (seed) => {
    const t = new Recorded({ maxPerKey: 8, maxTotal: 12, maxWaiting: 20, idleTimeoutMs: 40 })
    const numbers = random(seed)
    const below = (n: number): number => Math.floor(numbers.next().value * n)

    for (let step = 0; step < 400; step++) {
      await act(t, below)
      const { waiting, dialing, idle, leased, totals } = t.pool.stats()
      expect(count(t.stage)).toEqual({ waiting, dialing, idle, leased })
      expect(sumOf(t.stage)).toBe(totals.dials)
      expect(t.stage.ledger).toMatchObject({
        failed: totals.dialsFailed,
        surplus: totals.dialsSurplus,
      })
    }
  },
)

async function act(t: Recorded, below: (n: number) => number): Promise<void> {
  const dials = t.adapter.dials.filter(({ settled, aborted }) => !settled && !aborted)
  const dial = dials[below(dials.length)]
  const lease = t.leases[below(t.leases.length)]
  const acts = [
    () => t.want(`tcp ${'abc'[below(3)]}:1`),
    () => t.want('tcp a:1'),
    () => dial?.finish(),
    () => dial?.finish(),
    () => (below(4) === 0 ? dial?.fail() : undefined),
    () => t.clock.advance(below(20)),
    () => end(t, lease, below(5) === 0),
    () => end(t, lease, below(5) === 0),
  ]
  acts[below(acts.length)]!()
  await settled()
}

function end(t: Recorded, lease: Lease<FakeConn> | undefined, isBad: boolean): void {
  if (lease === undefined) return
  t.leases.splice(t.leases.indexOf(lease), 1)
  if (isBad) lease.discard()
  else lease.release()
}

function count(stage: Stage) {
  const counts = { waiting: 0, dialing: 0, idle: 0, leased: 0 }
  for (const { waiting, dials, conns } of stage.lanes.values()) {
    counts.waiting += waiting.size
    counts.dialing += dials.size
    for (const { state } of conns.values()) counts[state]++
  }
  return counts
}

function sumOf({ ledger }: Stage): number {
  const { flying, own, other, idle, unused, failed } = ledger
  return flying + own + other + idle + unused + failed
}
