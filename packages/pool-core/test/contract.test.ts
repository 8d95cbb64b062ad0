import { describe, expect, test } from 'vitest'
import type { Adapter, Lease, Link, PoolTrace } from '../src/index.ts'
import { isPoolError, Pool } from '../src/index.ts'
import {
  checkInvariants,
  FakeAdapter,
  FakeClock,
  FakeConn,
  PoolTester,
} from '../src/testing/index.ts'

/** Adapters that break their contract, and callers and adapters that call back at odd moments. */

type Overrides = { [name in keyof Adapter<string, FakeConn>]?: unknown }

/** An adapter that behaves, but for these methods. */
function odd(overrides: Overrides): FakeAdapter {
  return Object.assign(new FakeAdapter(), overrides)
}

/** What becomes an uncaught error of its own while this runs, whichever way it is thrown. */
async function uncaughtDuring(play: () => unknown): Promise<unknown[]> {
  const events = ['uncaughtException', 'unhandledRejection'] as const
  const before = events.map((event) => process.rawListeners(event))
  const caught: unknown[] = []
  for (const event of events) {
    process.removeAllListeners(event)
    process.on(event, (error: unknown) => caught.push(error))
  }
  try {
    await play()
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
  } finally {
    for (const [i, event] of events.entries()) {
      process.removeAllListeners(event)
      for (const listener of before[i] ?? []) process.on(event, listener as () => void)
    }
  }
  return caught
}

type Then = (ok: (conn: object) => void, fail: (error: unknown) => void) => void

/** What may be awaited, and is no promise. */
function thenable(then: Then): object {
  return Object.fromEntries([['then', then]])
}

/** Does this first. */
function after<Args extends unknown[], Result>(
  act: () => void,
  method: (...args: Args) => Result,
): (...args: Args) => Result {
  return (...args) => {
    act()
    return method(...args)
  }
}

const succeedThenFail =
  (conn: FakeConn): Then =>
  (ok, fail) => {
    ok(conn)
    fail(new Error('after all'))
  }

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => expect.fail('it was fulfilled'),
    (error: unknown) => error,
  )
}

/** One connection on loan, and its link. */
async function leased(t: PoolTester, key = 'a') {
  const want = t.get(key)
  const dial = await t.wantDial(key)
  const conn = dial.finish()
  await want.wantGot(conn)
  return { want, conn, link: dial.link }
}

describe('a key that is no string', () => {
  test.each([5, undefined, null, {}, Symbol('key'), ['a']])('%s is refused', async (key) => {
    const t = new PoolTester({}, odd({ key: () => key }))

    expect(() => t.pool.want('a', () => {})).toThrow(TypeError)
    expect(() => t.pool.tryAcquire('a')).toThrow(TypeError)
    expect(await errorOf(t.pool.acquire('a'))).toBeInstanceOf(TypeError)
    expect(await errorOf(t.pool.warm('a', 1))).toBeInstanceOf(TypeError)
    expect(await errorOf(t.pool.use('a', () => {}))).toBeInstanceOf(TypeError)

    expect(t.pool.stats()).toMatchObject({ waiting: 0, dialing: 0, keys: 0, totals: { wants: 0 } })
    t.check()
  })

  test.each(['key', 'expectedCapacity'])('what %s() throws reaches the caller', async (method) => {
    const error = new Error('no idea')
    const throws = (): never => {
      throw error
    }
    const t = new PoolTester({}, odd({ [method]: throws }))

    expect(() => t.pool.want('a', () => {})).toThrow(error)
    expect(await errorOf(t.pool.acquire('a'))).toBe(error)
    expect(await errorOf(t.pool.warm('a', 1))).toBe(error)
    expect(t.pool.stats()).toMatchObject({ waiting: 0, dialing: 0, keys: 0, totals: { wants: 0 } })
    t.check()
  })
})

test('the adapter is not asked what to expect for a want that is over already', async () => {
  const error = new Error('no idea')
  const expectedCapacity = (): never => {
    throw error
  }
  const t = new PoolTester({}, odd({ expectedCapacity }))

  expect(await errorOf(t.pool.acquire('a', { signal: AbortSignal.abort('enough') }))).toBe('enough')
  await t.pool.close()

  expect(await errorOf(t.pool.acquire('a'))).toMatchObject({ code: 'ERR_POOL_CLOSED' })
})

test.each([0, -1, 1.5, Number.NaN, '5', undefined, null, 5n, Number.NEGATIVE_INFINITY])(
  'an expected capacity of %s is refused, by name',
  async (capacity) => {
    const t = new PoolTester({}, odd({ expectedCapacity: () => capacity }))

    const error = (await errorOf(t.pool.acquire('a'))) as Error

    expect(error).toBeInstanceOf(typeof capacity === 'number' ? RangeError : TypeError)
    expect(error.message).toContain('expectedCapacity')
    expect(t.pool.stats()).toMatchObject({ waiting: 0, dialing: 0, keys: 0 })
    t.check()
  },
)

describe('a dial', () => {
  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['a string', 'conn'],
    ['an object that is no promise', {}],
    ['a function', () => {}],
    ['a thenable in name only', Object.fromEntries([['then', 5]])],
  ])('that returns %s fails its want with a TypeError', async (_, returned) => {
    const t = new PoolTester({ maxPerKey: 1 }, odd({ dial: () => returned }))

    const error = (await errorOf(t.pool.acquire('a'))) as Error

    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toContain('dial()')
    expect(t.pool.stats()).toMatchObject({ keys: 0, totals: { failed: 1, dialsFailed: 1 } })
    t.check()
  })

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['a string', 'conn'],
    ['a symbol', Symbol('conn')],
    ['a bigint', 5n],
  ])('that resolves with %s fails its want with a TypeError', async (_, conn) => {
    const t = new PoolTester({ maxPerKey: 1 }, odd({ dial: () => Promise.resolve(conn) }))

    const error = (await errorOf(t.pool.acquire('a'))) as Error

    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toContain('dial()')
    expect(t.pool.stats()).toMatchObject({ keys: 0, totals: { failed: 1, dialsFailed: 1 } })
    t.check()
  })

  test.each([new Error('refused'), 'a string', 0, undefined, null])(
    'that throws %s counts as one that rejected with it',
    async (thrown) => {
      const t = new PoolTester(
        {},
        odd({
          dial: () => {
            throw thrown
          },
        }),
      )
      let settled: unknown[] = []

      t.pool.want('a', (...outcome) => {
        settled = outcome
      })
      expect(settled).toEqual([])
      await t.turn()

      expect(settled[0]).toBe(thrown)
      expect(settled[1]).toBeUndefined()
      expect(t.pool.stats()).toMatchObject({ keys: 0, totals: { failed: 1, dialsFailed: 1 } })
    },
  )

  test('that fails gives its permit to the next want', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const [first, second] = [t.get('a'), t.get('a')]

    const refused = new Error('refused')
    ;(await t.wantDial('a')).fail(refused)

    await first.wantFailed({ error: refused })
    await second.wantGot((await t.wantDial('a')).finish())
  })

  test('may bring a function', async () => {
    const conn = (): void => {}
    const adapter = { key: (key: string) => key, dial: async () => conn, close: () => {} }
    const pool = new Pool<string, typeof conn>(adapter)

    expect((await pool.acquire('a')).conn).toBe(conn)
    checkInvariants(pool)
  })

  test.each<[string, (conn: FakeConn, other: FakeConn) => object]>([
    ['calls back at once', (conn) => thenable((ok) => ok(conn))],
    [
      'calls back twice',
      (conn, other) =>
        thenable((ok) => {
          ok(conn)
          ok(other)
        }),
    ],
    ['succeeds and then fails', (conn) => thenable(succeedThenFail(conn))],
    [
      'succeeds and then throws',
      (conn) =>
        thenable((ok) => {
          ok(conn)
          throw new Error('after all')
        }),
    ],
    [
      'is a promise with a `then` of its own that calls back twice',
      (conn) =>
        Object.assign(
          new Promise(() => {}),
          thenable((ok) => {
            ok(conn)
            ok(conn)
          }),
        ),
    ],
    [
      'is a promise with a `then` of its own that succeeds and then fails',
      (conn) => Object.assign(new Promise(() => {}), thenable(succeedThenFail(conn))),
    ],
  ])('whose thenable %s brings one connection, which lives as any', async (_, make) => {
    let link: Link | undefined
    let conn: FakeConn | undefined
    const t = new PoolTester(
      {},
      odd({
        dial(key: string, own: Link) {
          link = own
          conn = new FakeConn(key, own)
          return make(conn, new FakeConn(key, own))
        },
      }),
    )

    const lease = await t.pool.acquire('a')
    await t.turn()
    expect(lease.conn).toBe(conn)
    expect(t.pool.stats()).toMatchObject({ open: 1, totals: { dials: 1, opened: 1, failed: 0 } })

    // Its link still reports.
    link?.closed()
    expect(t.pool.stats()).toMatchObject({ open: 0, totals: { closed: { 'closed-by-peer': 1 } } })
    t.check()
  })

  test.each([
    [
      'throws',
      thenable(() => {
        throw new Error('own')
      }),
    ],
    [
      'cannot be read',
      Object.defineProperty({}, 'then', {
        get: () => {
          throw new Error('own')
        },
      }),
    ],
  ])('whose `then` %s has failed with that error', async (_, dialed) => {
    const t = new PoolTester({}, odd({ dial: () => dialed }))

    expect(await errorOf(t.pool.acquire('a'))).toMatchObject({ message: 'own' })
    expect(t.pool.stats()).toMatchObject({ keys: 0, totals: { failed: 1 } })
    t.check()
  })

  test.each(['leased', 'idle'])(
    'that brings one that is %s already fails, and leaves it alone',
    async (how) => {
      const t = new PoolTester()
      const { want, conn, link } = await leased(t)
      const second = t.get('b')
      const dial = await t.wantDial('b')
      if (how === 'idle') want.release()

      dial.finish(conn)
      await t.turn()

      expect(await second.wantFailed({ error: await reasonOf(second) })).toBeInstanceOf(TypeError)
      await t.wantOpen(conn)
      expect(t.pool.stats()).toMatchObject({ open: 1, totals: { opened: 1, dialsFailed: 1 } })
      link.closed()
      expect(t.pool.stats()).toMatchObject({ open: 0, keys: 0 })
    },
  )

  test.each([
    ['closeIdle', (t: PoolTester) => void t.pool.closeIdle()],
    ['close', (t: PoolTester) => void t.pool.close()],
    ['destroy', (t: PoolTester) => t.pool.destroy()],
    ['its timeout', (t: PoolTester) => t.advance(30_000)],
  ])('that resolves after %s ended it has its connection closed, in no book', async (_, end) => {
    const t = new PoolTester()
    t.get('a').cancel()
    const dial = await t.wantDial('a')
    end(t)
    const reason = dial.link.signal.reason
    expect(t.pool.stats()).toMatchObject({ dialing: 0, keys: 0, totals: { dialsFailed: 1 } })

    const conn = dial.finish()
    await t.wantClosed(conn, 'dial-unwanted')

    expect(t.pool.stats()).toMatchObject({ open: 0, totals: { opened: 0, dialsFailed: 1 } })
    expect(dial.aborted).toBe(true)
    expect(dial.link.signal.reason).toBe(reason)
  })

  test('that rejects after it was aborted is heard by nobody', async () => {
    const t = new PoolTester()
    t.get('a').cancel()
    const dial = await t.wantDial('a')
    t.pool.closeIdle()

    const uncaught = await uncaughtDuring(() => dial.fail())

    expect(uncaught).toEqual([])
    expect(t.pool.stats()).toMatchObject({ keys: 0, totals: { dialsFailed: 1 } })
    expect(dial.aborted).toBe(true)
    t.check()
  })

  test('that is over before the adapter was called is not begun', async () => {
    const t = new PoolTester({ trace: { dialStart: () => t.pool.destroy() } })

    const want = t.get('a')

    await want.wantFailed('ERR_POOL_CLOSED')
    await t.wantNoDial()
  })
})

async function reasonOf(want: { wantFailed(expected: { error: unknown }): Promise<unknown> }) {
  const probe = await errorOf(want.wantFailed({ error: Symbol('never') }))
  return (probe as Error).cause
}

describe('what an adapter throws becomes an uncaught error of its own', () => {
  test('from close()', async () => {
    const own = new Error('own')
    const t = new PoolTester(
      {},
      odd({
        close: () => {
          throw own
        },
      }),
    )
    const { want } = await leased(t)

    const uncaught = await uncaughtDuring(() => want.discard())

    expect(uncaught).toHaveLength(1)
    const message = 'adapter.close() must not throw, and did (reason: discarded)'
    expect(uncaught[0]).toMatchObject({ message, cause: own })
    expect(t.pool.stats()).toMatchObject({ open: 0, keys: 0, totals: { closed: { discarded: 1 } } })
    t.check()
  })

  test('from close(), and all others are closed all the same', async () => {
    const closed: FakeConn[] = []
    const t = new PoolTester(
      {},
      odd({
        close: (conn: FakeConn) => {
          closed.push(conn)
          throw new Error('own')
        },
      }),
    )
    await t.putIdle('a', 3)

    const uncaught = await uncaughtDuring(() => t.pool.close())

    expect([closed.length, uncaught.length]).toEqual([3, 3])
    expect(t.pool.stats()).toMatchObject({ open: 0, keys: 0 })
  })

  test('from onIdle() and onLease(), and the connection goes on', async () => {
    const own = { onIdle: new Error('idle'), onLease: new Error('lease') }
    const t = new PoolTester(
      {},
      odd({
        onIdle: () => {
          throw own.onIdle
        },
        onLease: () => {
          throw own.onLease
        },
      }),
    )
    const { want, conn } = await leased(t)

    const uncaught = await uncaughtDuring(() => {
      want.release()
      expect(t.pool.tryAcquire('a')?.conn).toBe(conn)
    })

    expect(uncaught).toEqual([own.onIdle, own.onLease])
    expect(t.pool.stats()).toMatchObject({ open: 1, leased: 1 })
    t.check()
  })

  test('from isBroken(), and the connection counts as broken', async () => {
    const own = new Error('own')
    const adapter = new FakeAdapter()
    const t = new PoolTester({}, adapter)
    const { want, conn } = await leased(t)
    adapter.isBroken = () => {
      throw own
    }

    const uncaught = await uncaughtDuring(() => want.release())

    expect(uncaught).toEqual([own])
    await t.wantClosed(conn, 'broken')
  })
})

describe('a link may be used at any time', () => {
  const early = (use: (link: Link) => void) => {
    const adapter = new FakeAdapter()
    const dial = adapter.dial.bind(adapter)
    return Object.assign(adapter, {
      dial(target: string, link: Link) {
        use(link)
        return dial(target, link)
      },
    })
  }

  test.each<[string, (link: Link) => void]>([
    ['closed()', (link) => link.closed()],
    [
      'closed() twice',
      (link) => {
        link.closed()
        link.closed()
      },
    ],
    ['drain()', (link) => link.drain()],
    ['setCapacity(0)', (link) => link.setCapacity(0)],
  ])('%s inside dial() makes it fail', async (_, use) => {
    const t = new PoolTester({}, early(use))
    const want = t.get('a')

    ;(await t.wantDial('a')).finish()

    await want.wantFailed('ERR_POOL_DIAL_CLOSED')
    expect(t.pool.stats()).toMatchObject({ keys: 0, totals: { opened: 0, dialsFailed: 1 } })
  })

  test('closed(error) before the dial resolves fails it with that error, the first one', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    const dial = await t.wantDial('a')
    const error = new Error('reset')

    dial.link.closed(error)
    dial.link.closed(new Error('again'))
    const conn = dial.finish()

    await want.wantFailed({ error })
    expect(conn.closedFor).toBeUndefined()
  })

  test.each<[string, (link: Link) => void]>([
    ['drain()', (link) => link.drain()],
    ['setCapacity(0)', (link) => link.setCapacity(0)],
  ])('a connection that came after %s is closed', async (_, use) => {
    const t = new PoolTester({}, early(use))
    t.get('a')

    await t.wantClosed((await t.wantDial('a')).finish(), 'dial-unwanted')
  })

  test('a capacity of 0 that is raised before the dial resolves does no harm', async () => {
    const t = new PoolTester()
    const wants = [t.get('a'), t.get('a')]
    const dial = await t.wantDial('a')

    dial.link.setCapacity(0)
    dial.link.setCapacity(2)
    const conn = dial.finish()

    for (const want of wants) await want.wantGot(conn)
  })

  /** Every way in which a connection can have left the pool. */
  const gone: [string, (t: PoolTester, made: Awaited<ReturnType<typeof leased>>) => void][] = [
    ['discard()', (_, { want }) => want.discard()],
    ['detach()', (_, { want }) => void want.detach()],
    ['link.closed() while leased', (_, { link }) => link.closed()],
    [
      'link.closed() while idle',
      (_, { want, link }) => {
        want.release()
        link.closed()
      },
    ],
    [
      'closeIdle()',
      (t, { want }) => {
        want.release()
        t.pool.closeIdle()
      },
    ],
    ['destroy()', (t) => t.pool.destroy()],
  ]

  test.each(gone)('all of it does nothing after %s', async (_, end) => {
    const t = new PoolTester()
    const made = await leased(t)
    end(t, made)
    const after = t.pool.stats()
    const closedFor = made.conn.closedFor

    for (let i = 0; i < 2; i++) {
      made.link.closed(new Error('late'))
      made.link.drain()
      made.link.setCapacity(5)
      made.link.setCapacity(0)
      t.check()
    }

    expect(t.pool.stats()).toEqual(after)
    expect(made.conn.closedFor).toBe(closedFor)
  })

  test('drain() twice while leased closes once, for that', async () => {
    const t = new PoolTester()
    const { want, conn, link } = await leased(t)

    link.drain()
    link.drain()
    t.check()
    want.release()

    await t.wantClosed(conn, 'drained')
  })

  test('a capacity is refused at once, with the adapter as its caller, and the books are unharmed', async () => {
    const t = new PoolTester()
    const { want, link } = await leased(t)
    const bad = [-1, 0.5, Number.NaN, Number.NEGATIVE_INFINITY, '5', null, undefined, 5n, {}]

    for (const capacity of bad) {
      const kind = typeof capacity === 'number' ? RangeError : TypeError
      expect(() => link.setCapacity(capacity as number)).toThrow(kind)
      t.check()
    }

    expect(t.pool.tryAcquire('a')).toBeUndefined()
    want.release()
    expect(t.pool.stats()).toMatchObject({ open: 1, idle: 1 })
  })

  test('a capacity is refused before the dial resolves, and after its connection has gone', async () => {
    const t = new PoolTester()
    t.get('a')
    const dial = await t.wantDial('a')

    expect(() => dial.link.setCapacity(-1)).toThrow(RangeError)
    dial.fail()
    await t.turn()

    expect(() => dial.link.setCapacity(-1)).toThrow(RangeError)
  })

  test('a signal that is read after the dial has succeeded is not aborted, even by destroy()', async () => {
    const t = new PoolTester()
    const { link } = await leased(t)

    const { signal } = link
    t.pool.destroy()

    expect([signal.aborted, link.signal.aborted]).toEqual([false, false])
  })

  test('a paused connection that has broken is not handed out when it gets room', async () => {
    const t = new PoolTester({ maxPerKey: 1 })
    const { want, conn, link } = await leased(t)
    link.setCapacity(0)
    want.release()
    const waiting = t.get('a')
    conn.broken = true

    link.setCapacity(1)
    await t.wantClosed(conn, 'broken')

    await waiting.wantGot((await t.wantDial('a')).finish())
  })

  test('a paused connection that has been idle for too long is not handed out when it gets room', async () => {
    const clock = new FakeClock()
    const t = new PoolTester({ clock, maxPerKey: 1, idleTimeoutMs: 1_000 })
    const { want, conn, link } = await leased(t)
    link.setCapacity(0)
    want.release()
    const waiting = t.get('a')
    clock.jump(1_000)

    link.setCapacity(1)
    await t.wantClosed(conn, 'idle-timeout')

    await waiting.wantGot((await t.wantDial('a')).finish())
  })

  test('a changed capacity makes no idle connection warmer', async () => {
    const t = new PoolTester({ idleOrder: 'lifo' })
    const [cold, warm] = await t.putIdle('a', 2)

    cold?.setCapacity(2)
    warm?.setCapacity(2)
    cold?.setCapacity(3)

    expect(t.pool.tryAcquire('a')?.conn).toBe(warm)
  })
})

test.each(['isBroken', 'onIdle', 'onLease', 'expectedCapacity'])(
  'an adapter may do without %s',
  async (method) => {
    const pair = { onIdle: () => {}, onLease: () => {} }
    const t = new PoolTester({ maxPerKey: 1 }, odd({ ...pair, [method]: undefined }))

    const uncaught = await uncaughtDuring(async () => {
      const { want, conn, link } = await leased(t)
      want.release()
      const again = t.get('a')
      await again.wantGot(conn)
      again.release()
      link.setCapacity(0)
      const waiting = t.get('a')
      link.setCapacity(1)
      await waiting.wantGot(conn)
    })

    expect(uncaught).toEqual([])
  },
)

describe('callbacks and hooks that throw', () => {
  const own = new Error('own')
  const throws = (): never => {
    throw own
  }

  test.each([
    ['with a connection', (t: PoolTester) => t.wantDial('a').then((dial) => void dial.finish())],
    ['with an error', (t: PoolTester) => t.wantDial('a').then((dial) => dial.fail())],
    ['by the end of the pool', (t: PoolTester) => t.pool.destroy()],
    ['by its timeout', (t: PoolTester) => t.advance(1_000)],
  ])('a want settled %s', async (_, end) => {
    const t = new PoolTester({ acquireTimeoutMs: 1_000, maxPerKey: 2 })
    t.pool.want('a', throws)
    const other = t.get('b')
    const otherDial = await t.wantDial('b')

    const uncaught = await uncaughtDuring(() => end(t))

    expect(uncaught).toEqual([own])
    t.check()
    if (otherDial.aborted || !other.want.waiting) return
    await other.wantGot(otherDial.finish())
  })

  test.each<keyof PoolTrace<FakeConn>>([
    'getConn',
    'dialStart',
    'dialDone',
    'gotConn',
    'wantFailed',
    'putIdle',
    'connClosed',
  ])('%s, of the pool and of a want', async (hook) => {
    const t = new PoolTester({ trace: { [hook]: throws } })
    const trace = { [hook]: throws }
    const wantsOwn = hook !== 'putIdle' && hook !== 'connClosed'

    const uncaught = await uncaughtDuring(async () => {
      const got = t.get('a', { trace })
      const canceled = t.get('a', { trace })
      const conn = (await t.wantDial('a')).finish()
      await got.wantGot(conn)
      canceled.cancel()
      await canceled.wantFailed('ERR_POOL_CANCELED')
      got.release()
      await t.wantIdle('a', conn)
      t.pool.destroy()
      await t.wantClosed(conn, 'pool-closed')
    })

    expect(new Set(uncaught)).toEqual(new Set([own]))
    const calls = { getConn: 4, dialStart: 4, dialDone: 3, gotConn: 2, wantFailed: 2 }
    expect(uncaught).toHaveLength(wantsOwn ? calls[hook as keyof typeof calls] : 1)
  })

  test('a callback has no `this`, and so no way into the pool', async () => {
    const t = new PoolTester()
    const seen: unknown[] = []
    function settle(this: unknown): void {
      seen.push(this)
    }

    t.pool.want('a', settle)
    ;(await t.wantDial('a')).finish()
    await t.turn()
    t.pool.want('b', settle)
    t.pool.destroy()
    await t.turn()

    expect(seen).toEqual([undefined, undefined])
  })

  test('a source of chance that throws harms no book, and its want is settled', async () => {
    const t = new PoolTester({ random: throws, maxLifetimeMs: 1_000 })
    let settled = 0
    t.pool.want('a', () => settled++)

    const uncaught = await uncaughtDuring(async () => (await t.wantDial('a')).finish())

    t.check()
    expect(uncaught).toEqual([own])
    expect([settled, t.pool.stats().waiting]).toEqual([1, 0])
  })

  test.each([-0.1, 1.1, '0', undefined, Number.NaN])(
    'a source of chance that says %s is told so, and shortens no life',
    async (share) => {
      const random = () => share as number
      const t = new PoolTester({ random, maxLifetimeMs: 1_000, lifetimeJitter: 1 })
      const want = t.get('a')

      const [uncaught] = await uncaughtDuring(async () => (await t.wantDial('a')).finish())

      expect(uncaught).toBeInstanceOf(typeof share === 'number' ? RangeError : TypeError)
      expect((uncaught as Error).message).toContain('what options.random() returns')
      t.advance(999)
      want.release()
      expect(t.pool.tryAcquire('a')).toBeDefined()
    },
  )
})

describe('want() returns before its callback is called', () => {
  type Made = { t: PoolTester; controller: AbortController; act: () => void }

  const moments: [string, (made: Made) => { adapter?: Overrides; trace?: PoolTrace<FakeConn> }][] =
    [
      ['adapter.key()', ({ act }) => ({ adapter: { key: after(act, (it: string) => it) } })],
      [
        'adapter.expectedCapacity()',
        ({ act }) => ({ adapter: { expectedCapacity: after(act, () => 1) } }),
      ],
      [
        'adapter.dial()',
        ({ act }) => ({ adapter: { dial: after(act, () => new Promise(() => {})) } }),
      ],
      [
        'an adapter.dial() that throws',
        ({ act }) => ({
          adapter: {
            dial: () => {
              act()
              throw new Error('refused')
            },
          },
        }),
      ],
      ['getConn', ({ act }) => ({ trace: { getConn: act } })],
      ['dialStart', ({ act }) => ({ trace: { dialStart: act } })],
      ['wantFailed', ({ act }) => ({ trace: { wantFailed: act } })],
    ]
  const acts: [string, (made: Made) => void][] = [
    ['pool.close()', ({ t }) => void t.pool.close()],
    ['pool.destroy()', ({ t }) => t.pool.destroy()],
    ['an abort', ({ controller }) => controller.abort(new Error('aborted'))],
    ['another want', ({ t }) => void t.pool.want('b', () => {})],
    ['closeIdle()', ({ t }) => void t.pool.closeIdle()],
  ]
  const cases = moments.flatMap(([moment, at]) =>
    acts.map(([name, act]) => [name, moment, act, at] as const),
  )

  test.each(cases)('with %s inside %s', async (_name, _moment, act, at) => {
    let acted = false
    const made = { controller: new AbortController() } as Made
    made.act = () => {
      if (acted) return
      acted = true
      act(made)
    }
    const { adapter = {}, trace } = at(made)
    made.t = new PoolTester(trace === undefined ? {} : { trace }, odd(adapter))
    let returned = false
    const settled: boolean[] = []

    made.t.pool.want('a', () => settled.push(returned), { signal: made.controller.signal })
    expect(settled).toEqual([])
    returned = true
    made.t.pool.destroy()
    await made.t.turn()

    expect(settled).toEqual([true])
  })

  test.each(['want', 'tryAcquire'])(
    'with a ready connection, whatever onLease does: %s',
    async (how) => {
      const adapter = new FakeAdapter()
      const t = new PoolTester({}, adapter)
      await t.putIdle('a')
      adapter.onLease = (conn) => {
        conn.toldIdle = false
        t.pool.destroy()
      }
      let returned = false
      const settled: boolean[] = []

      if (how === 'want') t.pool.want('a', () => settled.push(returned))
      else t.pool.tryAcquire('a')?.release()
      returned = true
      await t.turn()

      expect(settled).toEqual(how === 'want' ? [true] : [])
      expect(t.pool.stats()).toMatchObject({ open: 0, keys: 0 })
    },
  )
})

describe('an adapter, a hook or a callback may call the pool from anywhere', () => {
  const actions: [string, (life: Life) => void][] = [
    ['acquire', (life) => life.want('a')],
    ['acquire of another key', (life) => life.want('b')],
    ['tryAcquire', (life) => life.tryAcquire('a')],
    ['release', (life) => life.release()],
    ['discard', (life) => life.discard()],
    ['cancel', (life) => life.cancel()],
    ['closeIdle', (life) => void life.pool.closeIdle()],
    ['close', (life) => void life.pool.close()],
    ['destroy', (life) => life.pool.destroy()],
    ['link.closed', (life) => life.links.at(-1)?.closed()],
    ['link.drain', (life) => life.links.at(-1)?.drain()],
    ['link.setCapacity', (life) => life.links.at(-1)?.setCapacity(2)],
  ]

  /** A pool whose every call out may do something, once, at the nth call of one kind. */
  class Life {
    readonly pool: Pool<string, FakeConn>
    readonly links: Link[] = []
    readonly faults: unknown[] = []
    readonly opened = new Map<FakeConn, number>()
    readonly leases: Lease<FakeConn>[] = []
    readonly #wants: { cancel(): boolean }[] = []
    readonly #dials: (() => void)[] = []
    readonly clock = new FakeClock()
    stated = 0
    settled = 0
    #calls = 0
    readonly #at: string
    readonly #nth: number
    readonly #act: (life: Life) => void

    constructor(at: string, nth: number, act: (life: Life) => void, capacity: number) {
      this.#at = at
      this.#nth = nth
      this.#act = act
      const hooks = [
        'getConn',
        'dialStart',
        'dialDone',
        'gotConn',
        'wantFailed',
        'putIdle',
        'connClosed',
      ]
      const trace = Object.fromEntries(hooks.map((hook) => [hook, () => this.#moment(hook)]))
      this.pool = new Pool(this.#adapter(capacity), {
        trace,
        clock: this.clock,
        maxPerKey: 2,
        maxTotal: 3,
        maxIdlePerKey: 1,
        fairAfterMs: 10,
      })
    }

    #adapter(capacity: number): Adapter<string, FakeConn> {
      return {
        key: after(
          () => this.#moment('key'),
          (key: string) => key,
        ),
        expectedCapacity: after(
          () => this.#moment('expectedCapacity'),
          () => capacity,
        ),
        dial: (key, link) => {
          this.links.push(link)
          const dialed = new Promise<FakeConn>((resolve) => {
            this.#dials.push(() => {
              const conn = new FakeConn(key, link)
              this.opened.set(conn, 0)
              if (capacity > 1) link.setCapacity(capacity)
              resolve(conn)
            })
          })
          this.#moment('dial')
          return dialed
        },
        close: (conn) => {
          this.opened.set(conn, (this.opened.get(conn) ?? 0) + 1)
          this.#moment('close')
        },
        isBroken: after(
          () => this.#moment('isBroken'),
          () => false,
        ),
        onIdle: () => this.#moment('onIdle'),
        onLease: () => this.#moment('onLease'),
      }
    }

    #moment(name: string): void {
      this.#attempt(() => checkInvariants(this.pool))
      if (name !== this.#at || ++this.#calls !== this.#nth) return
      this.#attempt(() => this.#act(this))
      this.#attempt(() => checkInvariants(this.pool))
    }

    #attempt(run: () => void): void {
      if (this.pool === undefined) return
      try {
        run()
      } catch (error) {
        if (!isPoolError(error, 'ERR_POOL_LEASE_FINISHED')) this.faults.push(error)
      }
    }

    want(key: string): void {
      this.stated++
      let returned = false
      const want = this.pool.want(key, (_error, lease) => {
        if (!returned) this.faults.push(new Error('settled before want() returned'))
        this.settled++
        if (lease !== undefined) this.leases.push(lease)
        this.#moment('settle')
      })
      returned = true
      this.#wants.push(want)
    }

    tryAcquire(key: string): void {
      const lease = this.pool.tryAcquire(key)
      if (lease !== undefined) this.leases.push(lease)
    }

    release(): void {
      this.leases.shift()?.release()
    }

    discard(): void {
      this.leases.shift()?.discard()
    }

    cancel(): void {
      this.#wants.reverse().some((want) => want.cancel())
    }

    async finishDials(): Promise<void> {
      for (const finish of this.#dials.splice(0)) finish()
      await this.turn()
    }

    async turn(): Promise<void> {
      for (let i = 0; i < 6; i++) await undefined
      this.#attempt(() => checkInvariants(this.pool))
    }

    async live(): Promise<void> {
      const steps: (() => unknown)[] = [
        () => this.want('a'),
        () => this.finishDials(),
        () => this.release(),
        () => this.want('a'),
        () => this.want('a'),
        () => this.want('a'),
        () => this.want('b'),
        () => this.want('b'),
        () => this.finishDials(),
        () => this.release(),
        () => this.clock.advance(20),
        () => this.release(),
        () => this.discard(),
        () => this.cancel(),
        () => this.tryAcquire('a'),
        () => this.release(),
        () => this.finishDials(),
        () => this.links.at(-1)?.closed(),
        () => this.want('c'),
        () => this.finishDials(),
        () => this.clock.advance(100_000),
      ]
      for (const step of steps) {
        await step()
        await this.turn()
      }
    }

    async end(): Promise<void> {
      let isClosed = false
      this.pool.close().then(() => {
        isClosed = true
      })
      await this.finishDials()
      for (const lease of this.leases) lease[Symbol.dispose]()
      await this.finishDials()
      await this.turn()
      if (!isClosed) this.faults.push('close() still waits')
    }
  }

  const moments = [
    'key',
    'expectedCapacity',
    'dial',
    'close',
    'isBroken',
    'onIdle',
    'onLease',
    'getConn',
    'dialStart',
    'dialDone',
    'gotConn',
    'wantFailed',
    'putIdle',
    'connClosed',
    'settle',
  ]
  const cases = moments.flatMap((at) => actions.map(([name, act]) => [name, at, act] as const))

  test.each(cases)('%s in %s', async (_name, at, act) => {
    for (const capacity of [1, 3]) {
      for (let nth = 1; nth <= 5; nth++) {
        const life = new Life(at, nth, act, capacity)
        const uncaught = await uncaughtDuring(async () => {
          await life.live()
          await life.end()
        })

        const told = {
          capacity,
          nth,
          uncaught,
          faults: life.faults,
          left: life.stated - life.settled,
        }
        expect(told).toEqual({ capacity, nth, uncaught: [], faults: [], left: 0 })
        expect(life.pool.stats()).toMatchObject({
          open: 0,
          leases: 0,
          waiting: 0,
          dialing: 0,
          keys: 0,
        })
        for (const times of life.opened.values()) expect(times).toBeLessThanOrEqual(1)
      }
    }
  })

  test('a pool that isBroken() closes while a connection is given back keeps none', async () => {
    const adapter = new FakeAdapter()
    const t = new PoolTester({}, adapter)
    const { want, conn } = await leased(t)
    let closed: Promise<void> | undefined
    adapter.isBroken = () => {
      closed ??= t.pool.close()
      return false
    }

    want.release()

    await t.wantClosed(conn, 'pool-closed')
    await closed
    expect(t.pool.stats()).toMatchObject({ open: 0, idle: 0, keys: 0 })
  })

  test.each(['tryAcquire', 'acquire'] as const)(
    'a pool that isBroken() closes while it is asked for a shared connection lends none: %s',
    async (how) => {
      const adapter = new FakeAdapter()
      const t = new PoolTester({}, adapter)
      const { link } = await leased(t)
      link.setCapacity(5)
      adapter.isBroken = () => {
        void t.pool.close()
        return false
      }

      if (how === 'tryAcquire') expect(t.pool.tryAcquire('a')).toBeUndefined()
      else expect(await errorOf(t.pool.acquire('a'))).toMatchObject({ code: 'ERR_POOL_CLOSED' })
      expect(t.pool.stats()).toMatchObject({ leases: 1 })
    },
  )
})

describe('a lease ends once', () => {
  const ends = {
    release: (lease: Lease<FakeConn>) => lease.release(),
    discard: (lease: Lease<FakeConn>) => lease.discard(),
    detach: (lease: Lease<FakeConn>) => void lease.detach(),
  }
  const names = Object.keys(ends) as (keyof typeof ends)[]
  const pairs = names.flatMap((first) => names.map((second) => [first, second] as const))

  test.each(pairs)('%s, then %s throws', async (first, second) => {
    const t = new PoolTester()
    const { want } = await leased(t)
    ends[first](want.lease)
    const after = t.pool.stats()

    expect(() => ends[second](want.lease)).toThrow(
      expect.objectContaining({ code: 'ERR_POOL_LEASE_FINISHED', key: 'a' }),
    )
    expect(t.pool.stats()).toEqual(after)
    t.check()
  })

  test.each(pairs)(
    '%s of a lease on a shared connection, then %s throws',
    async (first, second) => {
      const t = new PoolTester()
      const { want, link } = await leased(t)
      link.setCapacity(2)
      const other = t.pool.tryAcquire('a')
      if (first === 'detach') other?.release()
      ends[first](want.lease)

      expect(() => ends[second](want.lease)).toThrow(
        expect.objectContaining({ code: 'ERR_POOL_LEASE_FINISHED' }),
      )
      t.check()
    },
  )

  test.each(names)('after %s, disposing it does nothing', async (first) => {
    const t = new PoolTester()
    const { want } = await leased(t)
    ends[first](want.lease)
    const after = t.pool.stats()

    want.lease[Symbol.dispose]()
    want.lease[Symbol.dispose]()

    expect(t.pool.stats()).toEqual(after)
    t.check()
  })

  test('disposing it gives the connection back', async () => {
    const t = new PoolTester()
    const { want, conn } = await leased(t)

    want.lease[Symbol.dispose]()

    await t.wantIdle('a', conn)
  })

  test('`using` gives the connection back, whatever is thrown', async () => {
    const t = new PoolTester()
    const [conn] = await t.putIdle('a')

    const work = async (): Promise<void> => {
      using lease = await t.pool.acquire('a')
      expect(t.pool.stats()).toMatchObject({ leased: 1 })
      throw new Error(lease.key)
    }

    expect(await errorOf(work())).toMatchObject({ message: 'a' })
    await t.wantIdle('a', conn!)
  })

  test('`await using` closes the pool', async () => {
    const t = new PoolTester()
    const [conn] = await t.putIdle('a')
    {
      await using pool = t.pool
      expect(pool.stats().open).toBe(1)
    }

    await t.wantClosed(conn!, 'pool-closed')
    expect(await errorOf(t.pool.acquire('a'))).toMatchObject({ code: 'ERR_POOL_CLOSED' })
  })

  test.each(names)(
    '%s of leases whose shared connection has gone ends each, and no more',
    async (how) => {
      const t = new PoolTester()
      const { want, link } = await leased(t)
      link.setCapacity(2)
      const other = t.pool.tryAcquire('a')!
      link.closed()
      const after = t.pool.stats()

      for (const lease of [want.lease, other]) {
        ends[how](lease)
        expect(() => lease.release()).toThrow(
          expect.objectContaining({ code: 'ERR_POOL_LEASE_FINISHED' }),
        )
      }

      expect(t.pool.stats()).toEqual(after)
      t.check()
    },
  )

  test('detach() while others hold leases throws a TypeError and ends nothing', async () => {
    const t = new PoolTester()
    const { want, conn, link } = await leased(t)
    link.setCapacity(2)
    const other = t.pool.tryAcquire('a')

    expect(() => want.lease.detach()).toThrow(TypeError)
    expect(t.pool.stats()).toMatchObject({ open: 1, leases: 2 })
    t.check()
    other?.release()

    expect(want.lease.detach()).toBe(conn)
    expect(t.pool.stats()).toMatchObject({ open: 0, keys: 0, totals: { detached: 1 } })
  })
})

describe('a signal of another make', () => {
  interface Listener {
    handleEvent(): void
  }
  const signal = (overrides: object): AbortSignal =>
    ({
      aborted: false,
      reason: undefined,
      addEventListener() {},
      removeEventListener() {},
      ...overrides,
    }) as unknown as AbortSignal

  test('that aborts while it is being listened to settles the want once, after want() has returned', async () => {
    const t = new PoolTester()
    const reason = new Error('aborted')
    const aborts = signal({
      reason,
      addEventListener: (_type: string, listener: Listener) => listener.handleEvent(),
    })

    const want = t.get('a', { signal: aborts })

    await want.wantFailed({ error: reason })
    expect(t.pool.stats()).toMatchObject({ waiting: 0, totals: { wants: 1, canceled: 1 } })
  })

  test('whose listener is called again, late, does nothing more', async () => {
    const t = new PoolTester()
    const listeners: Listener[] = []
    const repeats = signal({
      addEventListener: (_type: string, listener: Listener) => listeners.push(listener),
    })
    const want = t.get('a', { signal: repeats })

    await want.wantGot((await t.wantDial('a')).finish())
    for (const listener of listeners) listener.handleEvent()

    t.check()
    expect(t.pool.stats()).toMatchObject({ leased: 1, totals: { got: 1, canceled: 0 } })
  })

  test('that cannot be listened to makes want() throw, and leaves nobody waiting', () => {
    const t = new PoolTester()
    const own = new Error('own')
    const fails = signal({
      addEventListener: () => {
        throw own
      },
    })
    let settled = 0

    expect(() => t.pool.want('a', () => settled++, { signal: fails })).toThrow(own)

    t.check()
    expect([settled, t.pool.stats().waiting, [...t.pool.keys()]]).toEqual([0, 0, []])
  })
})
