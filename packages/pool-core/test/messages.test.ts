import { describe, expect, test } from 'vitest'
import { type Adapter, Pool, type PoolOptions } from '../src/index.ts'
import { FakeAdapter, type FakeConn, PoolTester } from '../src/testing/index.ts'
import { lease } from './play.ts'

/** Does something that goes wrong; what its caller learns is thrown or returned. */
type Mishap = () => unknown

/** Its error: what it says, word for word, is all that its reader has. */
async function errorOf(mishap: Mishap): Promise<unknown> {
  try {
    return await mishap()
  } catch (error) {
    return error
  }
}

describe('what an error of the pool says, and of which key', () => {
  test.each<[message: string, Mishap]>([
    [
      'the want was canceled',
      () => {
        const want = new PoolTester().get('a')
        want.cancel()
        return want.wantFailed('ERR_POOL_CANCELED')
      },
    ],
    [
      'the pool is closed',
      () => {
        const t = new PoolTester()
        void t.pool.close()
        return t.get('a').wantFailed('ERR_POOL_CLOSED')
      },
    ],
    [
      '2 wants are waiting (maxWaiting)',
      () => {
        const t = new PoolTester({ maxWaiting: 2 })
        const [, , late] = [t.get('a'), t.get('a'), t.get('a')]
        return late.wantFailed('ERR_POOL_QUEUE_FULL')
      },
    ],
    [
      'no connection within 50 ms; of this key: 2 waiting, 1 dialing, 1 leased, 1 idle (maxPerKey 3); ' +
        'in all: 4 open or dialing (maxTotal 9)',
      async () => {
        const t = new PoolTester({ maxPerKey: 3, maxTotal: 9 })
        await lease(t, 'b')
        await lease(t, 'a')
        const [paused] = await t.putIdle('a')
        paused!.setCapacity(0)
        t.get('a')
        const late = t.get('a', { timeoutMs: 50 })
        t.advance(50)
        return late.wantFailed('ERR_POOL_WANT_TIMEOUT')
      },
    ],
    [
      'the dial took longer than 40 ms',
      () => {
        const t = new PoolTester({ dialTimeoutMs: 40 })
        const want = t.get('a')
        t.advance(40)
        return want.wantFailed('ERR_POOL_DIAL_TIMEOUT')
      },
    ],
    [
      'the dialed connection was closed, drained or without room before it could be used',
      async () => {
        const t = new PoolTester()
        const want = t.get('a')
        const dial = await t.wantDial('a')
        dial.link.drain()
        dial.finish()
        return want.wantFailed('ERR_POOL_DIAL_CLOSED')
      },
    ],
    [
      'closeIdle() ended a dial that nobody waited for',
      async () => {
        const t = new PoolTester()
        t.get('a').cancel()
        const dial = await t.wantDial('a')
        t.pool.closeIdle()
        return dial.link.signal.reason
      },
    ],
    [
      'connections are closed as fast as warm() opens them: 4 dials were not enough for 2',
      async () => {
        const t = new PoolTester()
        const warmed = t.pool.warm('a', 2)
        for (let i = 0; i < 4; i++) {
          const conn = (await t.wantDial('a')).finish()
          await t.turn()
          conn.die()
        }
        return warmed
      },
    ],
    ...(['release', 'discard', 'detach'] as const).map((end): [string, Mishap] => [
      `${end}() of a lease that has ended already`,
      async () => {
        const want = await lease(new PoolTester(), 'a')
        want.release()
        return want[end]()
      },
    ]),
  ])('%s', async (message, mishap) => {
    expect(await errorOf(mishap)).toMatchObject({ message, key: 'a' })
  })
})

describe('what an adapter is told', () => {
  const odd = (members: object): Pool<string, FakeConn> =>
    new Pool(Object.assign(new FakeAdapter(), members) as Adapter<string, FakeConn>)

  test.each<[message: string, Mishap]>([
    ['adapter must be an object; got 5', () => new Pool(5 as never)],
    ['adapter.dial must be a function; got undefined', () => odd({ dial: undefined })],
    ['adapter.isBroken must be a function; got true', () => odd({ isBroken: true })],
    [
      'what adapter.key() returns must be a string; got 7',
      () => odd({ key: () => 7 }).acquire('a'),
    ],
    [
      'what adapter.dial() returns must be a promise of a connection; got an object',
      () => odd({ dial: () => ({}) }).acquire('a'),
    ],
    [
      'what adapter.dial() returns must be a promise of a connection; got undefined',
      () => odd({ dial: () => undefined }).acquire('a'),
    ],
    [
      'what adapter.dial() resolves with must be an object; got "conn"',
      () => odd({ dial: () => Promise.resolve('conn') }).acquire('a'),
    ],
    [
      'adapter.dial() must bring a new connection each time; it resolved with one that is open already',
      async () => {
        const conn = {}
        const pool = odd({ dial: () => Promise.resolve(conn) })
        await pool.acquire('a')
        return pool.acquire('a')
      },
    ],
    [
      'what adapter.expectedCapacity() returns must be a whole number from 1 on, or Infinity; got 0',
      () => odd({ expectedCapacity: () => 0 }).acquire('a'),
    ],
    [
      'link.setCapacity() capacity must be a whole number from 0 on, or Infinity; got -1',
      async () => (await lease(new PoolTester(), 'a')).lease.conn.setCapacity(-1),
    ],
  ])('%s', async (message, mishap) => {
    expect(await errorOf(mishap)).toMatchObject({ message })
  })
})

describe('what a caller is told of bad input', () => {
  const options = (name: string, value: unknown): Mishap => {
    return () => new Pool(new FakeAdapter(), { [name]: value } as PoolOptions<FakeConn>)
  }
  const pool = (settings?: PoolOptions<FakeConn>) => new Pool(new FakeAdapter(), settings)

  test.each<[message: string, Mishap]>([
    ['PoolOptions must be an object; got "fast"', () => pool('fast' as never)],
    [
      'PoolOptions.maxPerKey must be a number; got "a string of more than forty characters, …"',
      options('maxPerKey', 'a string of more than forty characters, which are too many'),
    ],
    [
      'PoolOptions.maxPerKey must be a number; got "a string of just forty characters, whole"',
      options('maxPerKey', 'a string of just forty characters, whole'),
    ],
    ['PoolOptions.maxPerKey must be a number; got an array', options('maxPerKey', [1])],
    ['PoolOptions.maxPerKey must be a number; got a function', options('maxPerKey', () => 1)],
    ['PoolOptions.maxPerKey must be a number; got 1n', options('maxPerKey', 1n)],
    [
      'PoolOptions.maxPerKey must be a whole number from 1 on, or Infinity; got 0',
      options('maxPerKey', 0),
    ],
    [
      'PoolOptions.maxIdle must be a whole number from 0 on, or Infinity; got 0.5',
      options('maxIdle', 0.5),
    ],
    [
      'PoolOptions.idleTimeoutMs must be a number of ms above 0, or Infinity; got 0',
      options('idleTimeoutMs', 0),
    ],
    [
      'PoolOptions.lifetimeJitter must be a number from 0 to 1; got 2',
      options('lifetimeJitter', 2),
    ],
    ["PoolOptions.idleOrder must be 'lifo' or 'fifo'; got null", options('idleOrder', null)],
    ["PoolOptions.idleOrder must be 'lifo' or 'fifo'; got \"up\"", options('idleOrder', 'up')],
    ['PoolOptions.reuse must be true or false; got 1', options('reuse', 1)],
    ['PoolOptions.random must be a function; got 4', options('random', 4)],
    ['PoolOptions.clock must be an object; got 5', options('clock', 5)],
    ['PoolOptions.clock.now must be a function; got undefined', options('clock', {})],
    ['PoolOptions.trace must be an object; got true', options('trace', true)],
    ['PoolOptions.trace.gotConn must be a function; got null', options('trace', { gotConn: null })],
    [
      'unknown hook PoolOptions.trace.gotConnection (a function); known are getConn, dialStart, ' +
        'dialDone, gotConn, wantFailed, putIdle, connClosed',
      options('trace', { gotConnection: () => {} }),
    ],
    [
      'unknown option AcquireOptions.timeout (5); known are signal, timeoutMs, trace',
      () => pool().acquire('a', { timeout: 5 } as never),
    ],
    [
      'AcquireOptions.signal must be an AbortSignal; got an object',
      () => pool().acquire('a', { signal: {} as never }),
    ],
    ['WarmOptions must be an object; got null', () => pool().warm('a', 1, null as never)],
    [
      'warm() count must be a whole number from 1 on, or Infinity; got 0',
      () => pool().warm('a', 0),
    ],
    [
      'warm() count must be at most 2 (maxPerKey) and finite; got 3',
      () => pool({ maxPerKey: 2, maxTotal: 2 }).warm('a', 3),
    ],
    [
      'warm() count must be at most 1 (maxTotal) and finite; got 2',
      () => pool({ maxPerKey: 2, maxTotal: 1 }).warm('a', 2),
    ],
    [
      'warm() of a pool with reuse: false, where nothing stays open',
      () => pool({ reuse: false }).warm('a', 1),
    ],
    [
      'release() hint.idleTimeoutMs must be a number of ms above 0, or Infinity; got 0',
      async () => (await lease(new PoolTester(), 'a')).release({ idleTimeoutMs: 0 }),
    ],
    [
      'detach() of a connection with 2 leases, not this one alone',
      async () => {
        const t = new PoolTester()
        const want = await lease(t, 'a')
        want.lease.conn.setCapacity(2)
        await t.get('a').wantGot(want.lease.conn)
        return want.detach()
      },
    ],
    ['settle must be a function; got undefined', () => pool().want('a', undefined as never)],
    ['work must be a function; got "query"', () => pool().use('a', 'query' as never)],
    ['closeIdle() key must be a string; got 5', () => pool().closeIdle(5 as never)],
    ['stats() key must be a string; got null', () => pool().stats(null as never)],
  ])('%s', async (message, mishap) => {
    expect(await errorOf(mishap)).toMatchObject({ message })
  })
})
