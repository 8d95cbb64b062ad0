import { describe, expectTypeOf, test } from 'vitest'
import {
  type AcquireOptions,
  type Adapter,
  type Clock,
  type CloseReason,
  isPoolError,
  type KeyStats,
  type Lease,
  type Link,
  Pool,
  type PoolError,
  type PoolErrorCode,
  type PoolOptions,
  type PoolStats,
  type PoolTrace,
  type Settle,
  type Want,
  type WarmOptions,
} from '../src/index.ts'

/** What the compiler must know; `tsc` fails where it does not. Nothing here is looked at in a run. */

interface Address {
  readonly host: string
}

class Conn {
  readonly id: number = 1
}

const adapter = {
  key: (target: Address) => target.host,
  dial: async (_target: Address, link: Link) => {
    link.setCapacity(1)
    return new Conn()
  },
  close(_conn: Conn, _reason: CloseReason) {},
}

const pool = new Pool(adapter)
const address: Address = { host: 'a' }

describe('a pool', () => {
  test('knows target and connection from its adapter', () => {
    expectTypeOf(pool).toEqualTypeOf<Pool<Address, Conn>>()
    expectTypeOf(pool.acquire).parameter(0).toEqualTypeOf<Address>()
    expectTypeOf(pool.acquire).returns.resolves.toEqualTypeOf<Lease<Conn>>()
    expectTypeOf(pool.tryAcquire).returns.toEqualTypeOf<Lease<Conn> | undefined>()
    expectTypeOf(pool.want).returns.toEqualTypeOf<Want>()
    expectTypeOf(pool.want).parameter(1).toEqualTypeOf<Settle<Conn>>()
    expectTypeOf(pool.warm).returns.toEqualTypeOf<Promise<void>>()
    expectTypeOf(pool.closeIdle).returns.toEqualTypeOf<number>()
    expectTypeOf(pool.keys).returns.toEqualTypeOf<IterableIterator<string>>()
    expectTypeOf(pool.close).returns.toEqualTypeOf<Promise<void>>()
    expectTypeOf(pool.destroy).returns.toEqualTypeOf<void>()
    expectTypeOf(pool).toExtend<AsyncDisposable>()
  })

  test('takes its options with and without undefined, and no others', () => {
    expectTypeOf<{ maxPerKey: undefined }>().toExtend<PoolOptions<Conn>>()
    expectTypeOf<{ idleOrder: 'fifo'; reuse: false }>().toExtend<PoolOptions<Conn>>()
    expectTypeOf<{ idleOrder: 'random' }>().not.toExtend<PoolOptions<Conn>>()
    expectTypeOf<{ maxPerKey: '5' }>().not.toExtend<PoolOptions<Conn>>()
    expectTypeOf<{ maxPerKey: null }>().not.toExtend<PoolOptions<Conn>>()
    expectTypeOf<{ signal: undefined; timeoutMs: 5 }>().toExtend<AcquireOptions<Conn>>()
    expectTypeOf<AbortSignal>().toExtend<NonNullable<WarmOptions['signal']>>()
    expectTypeOf<Clock['now']>().toEqualTypeOf<() => number>()
    expectTypeOf<{ now(): number }>().not.toExtend<Clock>()
  })

  test('refuses what has another target, connection or adapter', () => {
    const never = (_run: () => unknown): void => {}
    // @ts-expect-error a target of another kind
    never(() => pool.acquire('a'))
    // @ts-expect-error an option that is not known
    never(() => pool.acquire(address, { timeout: 5 }))
    // @ts-expect-error an option that is not known
    never(() => new Pool(adapter, { maxSockets: 5 }))
    // @ts-expect-error a connection that is no object
    never(() => new Pool({ key: (it: string) => it, dial: async () => 5, close: () => {} }))
    // @ts-expect-error a dial that is no promise
    never(() => new Pool({ ...adapter, dial: () => new Conn() }))
    // @ts-expect-error no close
    never(() => new Pool({ key: adapter.key, dial: adapter.dial }))
    // @ts-expect-error no callback
    never(() => pool.want(address))
  })

  test('tells all of itself, and the present of one key', () => {
    expectTypeOf(pool.stats()).toEqualTypeOf<PoolStats>()
    expectTypeOf(pool.stats('a')).toExtend<KeyStats>()
    expectTypeOf<PoolStats>().toExtend<KeyStats>()
    expectTypeOf(pool.stats().totals.closed).toEqualTypeOf<Readonly<Record<CloseReason, number>>>()
    expectTypeOf<PoolStats['open']>().toEqualTypeOf<number>()
  })
})

describe('use', () => {
  test('gives what the work gives, promised or not', () => {
    const work = { plain: () => 5, promised: async () => 'five', nothing: () => {} }

    expectTypeOf(() => pool.use(address, work.plain)).returns.toEqualTypeOf<Promise<number>>()
    expectTypeOf(() => pool.use(address, work.promised)).returns.toEqualTypeOf<Promise<string>>()
    expectTypeOf(() => pool.use(address, work.nothing)).returns.toEqualTypeOf<Promise<void>>()
    expectTypeOf(() => pool.use(address, (conn) => conn.id)).returns.toEqualTypeOf<
      Promise<number>
    >()
  })

  test('gives the work the connection and its lease', () => {
    type Work = Parameters<typeof pool.use<number>>[1]

    expectTypeOf<Work>().parameter(0).toEqualTypeOf<Conn>()
    expectTypeOf<Work>().parameter(1).toEqualTypeOf<Lease<Conn>>()
    expectTypeOf<Work>().returns.toEqualTypeOf<number | PromiseLike<number>>()
  })
})

describe('a lease', () => {
  test('has the connection as its adapter made it', () => {
    expectTypeOf<Lease<Conn>['conn']>().toEqualTypeOf<Conn>()
    expectTypeOf<Lease<Conn>['detach']>().returns.toEqualTypeOf<Conn>()
    expectTypeOf<Lease<Conn>>().toExtend<Disposable>()
    expectTypeOf<Lease<Conn>['release']>().toBeCallableWith({ idleTimeoutMs: undefined })
    expectTypeOf<Lease<Conn>['discard']>().toBeCallableWith(new Error('broken'))
  })

  test('is what a callback gets, beside an error that may be anything', () => {
    expectTypeOf<Settle<Conn>>().parameter(0).toBeUnknown()
    expectTypeOf<Settle<Conn>>().parameter(1).toEqualTypeOf<Lease<Conn> | undefined>()
  })
})

describe('hooks', () => {
  type Event<Name extends keyof PoolTrace<Conn>> = Parameters<NonNullable<PoolTrace<Conn>[Name]>>[0]

  test('are all optional', () => {
    expectTypeOf<Record<never, never>>().toExtend<PoolTrace<Conn>>()
  })

  test('get what the contract says', () => {
    expectTypeOf<Event<'getConn'>['key']>().toEqualTypeOf<string>()
    expectTypeOf<Event<'dialStart'>['key']>().toEqualTypeOf<string>()
    expectTypeOf<Event<'dialDone'>['durationMs']>().toEqualTypeOf<number>()
    expectTypeOf<Event<'dialDone'>['surplus']>().toEqualTypeOf<boolean>()
    expectTypeOf<Event<'dialDone'>['conn']>().toEqualTypeOf<Conn | undefined>()
    expectTypeOf<Event<'dialDone'>['error']>().toBeUnknown()
    expectTypeOf<Event<'gotConn'>>().toExtend<{
      key: string
      conn: Conn
      reused: boolean
      wasIdle: boolean
      idleMs: number
      shared: boolean
      waitedMs: number
    }>()
    expectTypeOf<Event<'wantFailed'>>().toExtend<{ key: string; waitedMs: number }>()
    expectTypeOf<Event<'wantFailed'>['error']>().toBeUnknown()
    expectTypeOf<Event<'putIdle'>>().toExtend<{ key: string; conn: Conn }>()
    expectTypeOf<Event<'connClosed'>>().toExtend<{ key: string; conn: Conn; reason: CloseReason }>()
  })

  test('are known to a pool by its own connection', () => {
    expectTypeOf<PoolOptions<Conn>['trace']>().toEqualTypeOf<PoolTrace<Conn> | undefined>()
    expectTypeOf<AcquireOptions<Conn>['trace']>().toEqualTypeOf<PoolTrace<Conn> | undefined>()
  })
})

describe('errors', () => {
  test('are narrowed by isPoolError', () => {
    const narrow = (error: unknown) => (isPoolError(error) ? error : undefined)

    expectTypeOf(narrow).returns.toEqualTypeOf<PoolError | undefined>()
    expectTypeOf<PoolError['code']>().toEqualTypeOf<PoolErrorCode>()
    expectTypeOf<PoolError['key']>().toEqualTypeOf<string | undefined>()
    expectTypeOf(isPoolError).parameter(1).toEqualTypeOf<PoolErrorCode | undefined>()
  })

  test('have the codes of the contract, and no others', () => {
    expectTypeOf<PoolErrorCode>().toEqualTypeOf<
      | 'ERR_POOL_CLOSED'
      | 'ERR_POOL_WANT_TIMEOUT'
      | 'ERR_POOL_DIAL_TIMEOUT'
      | 'ERR_POOL_DIAL_CLOSED'
      | 'ERR_POOL_QUEUE_FULL'
      | 'ERR_POOL_CANCELED'
      | 'ERR_POOL_LEASE_FINISHED'
    >()
  })

  test('are apart from the reasons for which a connection is closed', () => {
    expectTypeOf<CloseReason>().toEqualTypeOf<
      | 'discarded'
      | 'closed-by-peer'
      | 'broken'
      | 'idle-timeout'
      | 'lifetime'
      | 'max-uses'
      | 'max-idle'
      | 'max-idle-per-key'
      | 'evicted'
      | 'reuse-off'
      | 'drained'
      | 'close-idle'
      | 'pool-closed'
      | 'dial-unwanted'
    >()
  })
})

describe('nothing in the public face is `any`', () => {
  test('of the members of a pool, an adapter, a link and a lease', () => {
    type Values<T> = { [Name in keyof T]: 0 extends 1 & T[Name] ? Name : never }[keyof T]
    type Anys<T> = Exclude<Values<T>, undefined>

    expectTypeOf<Anys<Pool<Address, Conn>>>().toBeNever()
    expectTypeOf<Anys<Adapter<Address, Conn>>>().toBeNever()
    expectTypeOf<Anys<Lease<Conn>>>().toBeNever()
    expectTypeOf<Anys<Link>>().toBeNever()
    expectTypeOf<Anys<Want>>().toBeNever()
    expectTypeOf<Anys<PoolOptions<Conn>>>().toBeNever()
    expectTypeOf<Anys<AcquireOptions<Conn>>>().toBeNever()
    expectTypeOf<Parameters<Want['cancel']>>().toEqualTypeOf<[reason?: unknown]>()
    expectTypeOf(pool.acquire).parameter(1).not.toBeAny()
    expectTypeOf(pool.want).parameter(1).not.toBeAny()
    expectTypeOf(pool.warm).parameter(1).not.toBeAny()
    expectTypeOf<Adapter<Address, Conn>['dial']>().returns.toEqualTypeOf<PromiseLike<Conn>>()
    expectTypeOf<Link['signal']>().not.toBeAny()
  })
})
