import { describe, expect, test } from 'vitest'
import { type Adapter, Pool, type PoolOptions } from '../src/index.ts'
import {
  checkInvariants,
  FakeAdapter,
  FakeClock,
  type FakeConn,
  PoolTester,
} from '../src/testing/index.ts'

/** Bad input is refused at once, by name, and changes nothing. */

const unprintable = {
  toString(): string {
    throw new Error('toString was called')
  },
  toJSON(): string {
    throw new Error('toJSON was called')
  },
  [Symbol.toPrimitive](): string {
    throw new Error('it was made a primitive')
  },
}
/** What no option of a number may be; beside each, how an error may show it. */
const notNumbers: [unknown, string][] = [
  ['5', '5'],
  ['', ''],
  [null, 'null'],
  [5n, '5'],
  [true, 'true'],
  [{}, ''],
  [[5], ''],
  [() => 5, ''],
  [Symbol('five'), 'five'],
  [new Date(5), ''],
  [Object(5), ''],
  [unprintable, ''],
]
const limits = ['maxPerKey', 'maxTotal', 'maxUses', 'maxWaiting']
const counts = ['maxIdlePerKey', 'maxIdle']
const durations = [
  'fairAfterMs',
  'idleTimeoutMs',
  'maxLifetimeMs',
  'dialTimeoutMs',
  'hedgeMs',
  'acquireTimeoutMs',
]
const senselessAtZero = [...limits, 'idleTimeoutMs', 'maxLifetimeMs', 'dialTimeoutMs']

/** As tables of a test, whose title shows the index of a value that cannot be shown. */
function table(options: string[], values: [unknown, string][]) {
  return options.flatMap((option) =>
    values.map(([value, shown], i) => ({ option, i, value, shown })),
  )
}

function errorOf(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  return expect.fail('it was accepted')
}

async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  return await promise.then(
    () => expect.fail('it was accepted'),
    (error: Error) => error,
  )
}

const construct = (options: unknown): Pool<string, FakeConn> =>
  new Pool(new FakeAdapter(), options as PoolOptions<FakeConn>)

function expectRefusal(error: Error, kind: new () => Error, option: string, shown: string): void {
  expect(error).toBeInstanceOf(kind)
  expect(error.message).toContain(option)
  expect(error.message).toContain(shown)
}

describe('options of a pool', () => {
  test.each(table([...limits, ...counts, ...durations, 'lifetimeJitter'], notNumbers))(
    '$option is a number (wrong type $i)',
    ({ option, value, shown }) => {
      expectRefusal(
        errorOf(() => construct({ [option]: value })),
        TypeError,
        option,
        shown,
      )
    },
  )

  test.each(
    table(
      [...limits, ...counts, ...durations, 'lifetimeJitter'],
      [
        [-1, '-1'],
        [-0.5, '-0.5'],
        [Number.NaN, 'NaN'],
        [Number.NEGATIVE_INFINITY, '-Infinity'],
      ],
    ),
  )('$option is not $value', ({ option, value, shown }) => {
    expectRefusal(
      errorOf(() => construct({ [option]: value })),
      RangeError,
      option,
      shown,
    )
  })

  test.each(
    table(
      [...limits, ...counts],
      [
        [1.5, '1.5'],
        [2 ** -20, '9.5'],
      ],
    ),
  )('$option is whole, not $value', ({ option, value, shown }) => {
    expectRefusal(
      errorOf(() => construct({ [option]: value })),
      RangeError,
      option,
      shown,
    )
  })

  test.each(
    table(senselessAtZero, [
      [0, '0'],
      [-0, '0'],
    ]),
  )('$option is not $value', ({ option, value, shown }) => {
    expectRefusal(
      errorOf(() => construct({ [option]: value })),
      RangeError,
      option,
      shown,
    )
  })

  test.each(
    table(
      ['lifetimeJitter'],
      [
        [1.01, '1.01'],
        [Number.POSITIVE_INFINITY, 'Infinity'],
      ],
    ),
  )('$option is not $value', ({ option, value, shown }) => {
    expectRefusal(
      errorOf(() => construct({ [option]: value })),
      RangeError,
      option,
      shown,
    )
  })

  test.each(
    table(
      ['reuse'],
      [
        [0, '0'],
        ['false', 'false'],
        [null, 'null'],
        [unprintable, ''],
      ],
    ),
  )('$option is true or false (wrong type $i)', ({ option, value, shown }) => {
    expectRefusal(
      errorOf(() => construct({ [option]: value })),
      TypeError,
      option,
      shown,
    )
  })

  test.each(
    table(
      ['idleOrder'],
      [
        [5, '5'],
        [null, 'null'],
        [unprintable, ''],
        [Symbol('lifo'), 'lifo'],
      ],
    ),
  )('$option is a string (wrong type $i)', ({ option, value, shown }) => {
    expectRefusal(
      errorOf(() => construct({ [option]: value })),
      TypeError,
      option,
      shown,
    )
  })

  test.each(['LIFO', '', 'random', 'lifo '])("idleOrder is not '%s'", (value) => {
    const error = errorOf(() => construct({ idleOrder: value }))

    expect(error).toSatisfy((it) => it instanceof TypeError || it instanceof RangeError)
    expect(error.message).toContain('idleOrder')
    expect(error.message).toContain(JSON.stringify(value).slice(1, -1))
  })

  test.each(
    table(
      ['trace', 'clock', 'random'],
      [
        [5, '5'],
        ['x', 'x'],
        [null, 'null'],
        [true, 'true'],
        [7n, '7'],
      ],
    ),
  )('$option is not $value', ({ option, value, shown }) => {
    expectRefusal(
      errorOf(() => construct({ [option]: value })),
      TypeError,
      option,
      shown,
    )
  })

  test.each(['now', 'setTimeout', 'clearTimeout'])('a clock has %s()', (method) => {
    const clock = { now: () => 0, setTimeout: () => 0, clearTimeout: () => {} }

    for (const wrong of [undefined, null, 5, 'now']) {
      const error = errorOf(() => construct({ clock: { ...clock, [method]: wrong } }))
      expectRefusal(error, TypeError, method, String(wrong))
    }
  })

  test.each(['getConn', 'dialStart', 'dialDone', 'gotConn', 'wantFailed', 'putIdle', 'connClosed'])(
    'the hook %s is a function',
    (hook) => {
      for (const wrong of [null, 5, 'log', {}]) {
        const error = errorOf(() => construct({ trace: { [hook]: wrong } }))
        expectRefusal(error, TypeError, hook, typeof wrong === 'object' && wrong ? '' : `${wrong}`)
      }
    },
  )

  test('a trace may keep what it counts beside its hooks', () => {
    const trace = { count: 0, last: undefined, gotConn() {} }

    expect(() => construct({ trace })).not.toThrow()
  })

  test('a misspelt hook is refused', () => {
    const error = errorOf(() => construct({ trace: { gotConnection: () => {} } }))

    expectRefusal(error, TypeError, 'gotConnection', '')
  })

  test.each([
    'maxSockets',
    'maxperkey',
    'idleTimeout',
    '__proto__x',
    'constructor',
    'toString',
    '',
  ])("a name that is not known is refused: '%s'", (name) => {
    expectRefusal(
      errorOf(() => construct({ [name]: 7 })),
      TypeError,
      name,
      '7',
    )
  })

  test('a name that is not known is refused even when it is given as undefined', () => {
    expectRefusal(
      errorOf(() => construct({ maxSockets: undefined })),
      TypeError,
      'maxSockets',
      '',
    )
  })

  test.each([null, 5, 'fast', true, () => {}, 5n, Symbol('options')])(
    'options are an object, not %s',
    (options) => {
      expect(errorOf(() => construct(options))).toBeInstanceOf(TypeError)
    },
  )

  test('each option given as undefined is not given', async () => {
    const names = [
      ...[...limits, ...counts, ...durations, 'lifetimeJitter'],
      ...['idleOrder', 'reuse', 'trace', 'clock', 'random'],
    ]
    const pool = construct(Object.fromEntries(names.map((name) => [name, undefined])))

    expect(pool.stats()).toEqual(construct({}).stats())
    expect(pool.stats()).toEqual(new Pool(new FakeAdapter(), undefined).stats())
  })

  test('the extremes that make sense are taken', () => {
    const most = Number.POSITIVE_INFINITY
    for (const option of [...limits, ...counts, ...durations]) construct({ [option]: most })
    for (const option of [...limits, ...durations]) construct({ [option]: 1 })
    for (const option of counts) construct({ [option]: 0 })
    for (const option of durations) construct({ [option]: 0.5 })
    for (const lifetimeJitter of [0, 0.5, 1]) construct({ lifetimeJitter })
    for (const idleOrder of ['lifo', 'fifo']) construct({ idleOrder })
    for (const reuse of [true, false]) construct({ reuse })
  })

  test('a value that is long is not shown in full', () => {
    const error = errorOf(() => construct({ maxPerKey: 'x'.repeat(100_000) }))

    expect(error.message.length).toBeLessThan(1_000)
  })

  test('options that are inherited count as those that are checked', async () => {
    const t = new PoolTester()
    const options = Object.create({ maxPerKey: 1 }) as PoolOptions<FakeConn>
    const pool = new Pool(t.adapter, options)

    pool.want('a', () => {})
    pool.want('a', () => {})

    expect(pool.stats()).toMatchObject({ dialing: 1, waiting: 2 })
    pool.destroy()
  })

  test('options that change later change nothing', () => {
    const options = { maxPerKey: 1 }
    const pool = construct(options)

    options.maxPerKey = 9
    pool.want('a', () => {})
    pool.want('a', () => {})

    expect(pool.stats()).toMatchObject({ dialing: 1, waiting: 2 })
    pool.destroy()
  })
})

describe('an adapter', () => {
  const whole: Record<string, unknown> = {
    key: () => 'a',
    dial: () => new Promise(() => {}),
    close: () => {},
  }

  test.each([undefined, null, 5, 'adapter', true, 5n, Symbol('adapter')])(
    'is an object, not %s',
    (adapter) => {
      const error = errorOf(() => new Pool(adapter as unknown as Adapter<string, FakeConn>))

      expect(error).toBeInstanceOf(TypeError)
      expect(error.message).toContain('adapter')
    },
  )

  test.each(['key', 'dial', 'close'])('has %s()', (method) => {
    for (const wrong of [undefined, null, 5, 'x', {}]) {
      const adapter = { ...whole, [method]: wrong } as unknown as Adapter<string, FakeConn>
      expectRefusal(
        errorOf(() => new Pool(adapter)),
        TypeError,
        method,
        '',
      )
    }
  })

  test.each(['isBroken', 'onIdle', 'onLease', 'expectedCapacity'])(
    'has %s() or has it not',
    (method) => {
      for (const wrong of [null, 5, 'x', {}, false]) {
        const adapter = { ...whole, [method]: wrong } as unknown as Adapter<string, FakeConn>
        expectRefusal(
          errorOf(() => new Pool(adapter)),
          TypeError,
          method,
          '',
        )
      }
      new Pool({ ...whole, [method]: undefined } as unknown as Adapter<string, FakeConn>)
    },
  )

  test('may be an instance of a class, whose methods are called on it', async () => {
    class Own {
      readonly #prefix = 'own '
      key(target: string): string {
        return this.#prefix + target
      }
      async dial(): Promise<{ prefix: string }> {
        return { prefix: this.#prefix }
      }
      close(): void {}
    }
    const pool = new Pool(new Own())

    expect((await pool.acquire('a')).key).toBe('own a')
  })
})

/** Nothing was counted, and nobody waits. */
function expectUntouched(t: PoolTester): void {
  t.check()
  expect(t.adapter.dials).toEqual([])
  expect(t.pool.stats()).toMatchObject({ waiting: 0, dialing: 0, keys: 0, totals: { wants: 0 } })
}

describe('options of a want', () => {
  const wrong: { name: string; options: unknown; kind: new () => Error; says: string }[] = [
    ...[null, 5, 'soon', true, () => {}, Symbol('options'), 5n].map((options) => ({
      name: `${String(options)} for options`,
      options,
      kind: TypeError,
      says: 'AcquireOptions',
    })),
    ...notNumbers.map(([timeoutMs, says], i) => ({
      name: `timeoutMs, wrong type ${i}`,
      options: { timeoutMs },
      kind: TypeError,
      says: says || 'timeoutMs',
    })),
    ...[-1, Number.NaN, Number.NEGATIVE_INFINITY].map((timeoutMs) => ({
      name: `timeoutMs: ${timeoutMs}`,
      options: { timeoutMs },
      kind: RangeError,
      says: 'timeoutMs',
    })),
    ...[
      null,
      5,
      'signal',
      {},
      new AbortController(),
      { aborted: false },
      { aborted: false, addEventListener() {} },
      { aborted: false, removeEventListener() {} },
      Object.assign(() => {}, { aborted: false, addEventListener() {}, removeEventListener() {} }),
      new EventTarget(),
    ].map((signal, i) => ({
      name: `signal, wrong type ${i}`,
      options: { signal },
      kind: TypeError,
      says: 'signal',
    })),
    ...[null, 5, { gotConn: 5 }, { gotCon: () => {} }].map((trace, i) => ({
      name: `trace, wrong type ${i}`,
      options: { trace },
      kind: TypeError,
      says: 'trace',
    })),
    ...['timeout', 'priority', 'maxPerKey', 'toString'].map((option) => ({
      name: `${option}, which is not known`,
      options: { [option]: 5 },
      kind: TypeError,
      says: option,
    })),
  ]

  test.each(wrong)('$name: want throws', ({ options, kind, says }) => {
    const t = new PoolTester()
    let settled = 0

    const error = errorOf(() => t.pool.want('a', () => settled++, options as object))

    expectRefusal(error, kind, says, '')
    expect(settled).toBe(0)
    expectUntouched(t)
  })

  test.each(wrong)('$name: acquire and use reject', async ({ options, kind, says }) => {
    const t = new PoolTester()
    let worked = 0

    expectRefusal(await rejectionOf(t.pool.acquire('a', options as object)), kind, says, '')
    const using = t.pool.use('a', () => worked++, options as object)
    expectRefusal(await rejectionOf(using), kind, says, '')

    expect(worked).toBe(0)
    expectUntouched(t)
  })

  test('each given as undefined is not given', async () => {
    const t = new PoolTester()
    const options = { signal: undefined, timeoutMs: undefined, trace: undefined }
    const want = t.get('a', options)

    await want.wantGot((await t.wantDial('a')).finish())
    t.pool.want('b', () => {}, undefined)
    t.check()
  })

  test.each([undefined, null, 5, 'settle', {}, Symbol('settle')])(
    'want needs a callback, not %s',
    (settle) => {
      const t = new PoolTester()

      const error = errorOf(() => t.pool.want('a', settle as unknown as () => void))

      expectRefusal(error, TypeError, 'settle', '')
      expectUntouched(t)
    },
  )

  test.each([undefined, null, 5, 'work', {}, Symbol('work')])(
    'use needs a function, not %s',
    async (work) => {
      const t = new PoolTester()

      const error = await rejectionOf(t.pool.use('a', work as unknown as () => void))

      expectRefusal(error, TypeError, 'work', '')
      expectUntouched(t)
    },
  )
})

describe('warm', () => {
  test.each(table(['count'], [...notNumbers, [undefined, 'undefined']]))(
    'needs a number (wrong type $i)',
    async ({ option, value, shown }) => {
      const t = new PoolTester()

      expectRefusal(await rejectionOf(t.pool.warm('a', value as number)), TypeError, option, shown)
      expectUntouched(t)
    },
  )

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %s connections',
    async (count) => {
      const t = new PoolTester()

      const error = await rejectionOf(t.pool.warm('a', count))

      expectRefusal(error, RangeError, 'count', `${count}`)
      expectUntouched(t)
    },
  )

  test.each(['maxPerKey', 'maxTotal'])('refuses more than %s', async (limit) => {
    const t = new PoolTester({ [limit]: 3 })

    const error = await rejectionOf(t.pool.warm('a', 4))

    expectRefusal(error, RangeError, limit, '4')
    expectUntouched(t)
  })

  test.each([null, 5, 'fast', { signals: 5 }, { signal: {} }, { signal: null }, { timeoutMs: 5 }])(
    'refuses options %j',
    async (options) => {
      const t = new PoolTester()

      expect(await rejectionOf(t.pool.warm('a', 1, options as object))).toBeInstanceOf(TypeError)
      expectUntouched(t)
    },
  )

  test('takes no options, or options with an undefined signal', async () => {
    const t = new PoolTester()
    const warm = [t.pool.warm('a', 1, undefined), t.pool.warm('a', 1, { signal: undefined })]

    ;(await t.wantDial('a')).finish()

    await Promise.all(warm)
    t.check()
  })
})

describe('the hint of a release', () => {
  async function lent() {
    const t = new PoolTester()
    const want = t.get('a')
    const conn = (await t.wantDial('a')).finish()
    return { t, want, conn, lease: await want.wantGot(conn) }
  }

  const wrong: [unknown, new () => Error][] = [
    ...notNumbers.map(([idleTimeoutMs]): [unknown, new () => Error] => [
      { idleTimeoutMs },
      TypeError,
    ]),
    [{ idleTimeoutMs: -1 }, RangeError],
    [{ idleTimeoutMs: Number.NaN }, RangeError],
    [{ idleTimeoutMs: Number.NEGATIVE_INFINITY }, RangeError],
    [null, TypeError],
    [5, TypeError],
    ['5', TypeError],
    [true, TypeError],
    [{ idleTimeout: 5 }, TypeError],
  ]

  test.each(wrong.map(([hint, kind], i) => ({ hint, kind, i })))(
    'is refused, and the lease goes on (wrong hint $i)',
    async ({ hint, kind }) => {
      const { t, want, conn, lease } = await lent()

      expect(errorOf(() => lease.release(hint as object))).toBeInstanceOf(kind)
      t.check()
      expect(t.pool.stats()).toMatchObject({ leased: 1, leases: 1 })

      want.release()
      await t.wantIdle('a', conn)
    },
  )

  test.each([
    undefined,
    {},
    { idleTimeoutMs: undefined },
    { idleTimeoutMs: Number.POSITIVE_INFINITY },
  ])('may say nothing: %j', async (hint) => {
    const { t, conn, lease } = await lent()

    lease.release(hint)

    await t.wantIdle('a', conn)
    t.advance(89_999)
    await t.wantIdle('a', conn)
    t.advance(1)
    await t.wantClosed(conn, 'idle-timeout')
  })
})

describe('a key', () => {
  test.each([null, 5, {}, Symbol('a'), true, ['a']])(
    'is a string: closeIdle and stats refuse %s',
    async (key) => {
      const t = new PoolTester()
      const [conn] = await t.putIdle('a')

      expect(errorOf(() => t.pool.closeIdle(key as string))).toBeInstanceOf(TypeError)
      expect(errorOf(() => t.pool.stats(key as string))).toBeInstanceOf(TypeError)

      await t.wantIdle('a', conn!)
    },
  )

  test.each(['', '__proto__', 'constructor', 'toString', '\0', 'a'.repeat(10_000)])(
    'may be any string: %j',
    async (key) => {
      const t = new PoolTester()
      const want = t.get(key)
      expect([...t.pool.keys()]).toEqual([key])

      const conn = (await t.wantDial(key)).finish()
      await want.wantGot(conn)
      want.release()

      expect(t.pool.stats(key)).toMatchObject({ open: 1, idle: 1 })
      expect(t.pool.closeIdle(key)).toBe(1)
      expect(t.pool.stats(key)).toMatchObject({ open: 0, keys: 0 })
    },
  )
})

test('a pool that has refused much works as ever', async () => {
  const clock = new FakeClock()
  const t = new PoolTester({ clock, maxPerKey: 1 })
  for (const bad of [null, { timeoutMs: -1 }, { signal: {} }, { nope: 1 }]) {
    await rejectionOf(t.pool.acquire('a', bad as object))
    await rejectionOf(t.pool.warm('a', 1, (bad ?? 5) as object))
  }

  const want = t.get('a')
  await want.wantGot((await t.wantDial('a')).finish())

  expect(t.pool.stats()).toMatchObject({ open: 1, totals: { wants: 1, got: 1, refused: 0 } })
  checkInvariants(t.pool)
})
