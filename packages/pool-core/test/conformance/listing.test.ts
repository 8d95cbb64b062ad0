import { describe, expect, test, vi } from 'vitest'
import {
  adapterConformance,
  ConformanceError,
  type ConformanceOptions,
} from '../../src/testing/index.ts'
import {
  type MemoryConn,
  type MemoryTarget,
  memoryAdapter,
  memoryBackend,
} from './memory-adapter.ts'

// A machine that is busy is given its time.
vi.setConfig({ testTimeout: 60_000 })

type Options = ConformanceOptions<MemoryTarget, MemoryConn>

const options: Options = {
  name: 'memory',
  adapter: memoryAdapter,
  setup: memoryBackend,
  patienceMs: 20,
  rounds: 20,
}

const lawOf = (id: string, changed: Partial<Options> = {}) => {
  const found = adapterConformance({ ...options, ...changed }).find(({ law }) => law.id === id)
  if (found === undefined) throw new Error(`there is no law ${id}`)
  return found
}

describe('the list of laws', () => {
  test('numbers the laws of each family from 1', () => {
    const families = new Map<string, number[]>()
    for (const { law } of adapterConformance(options)) {
      families.set(law.family, [...(families.get(law.family) ?? []), law.number])
    }

    expect(families.size).toBe(8)
    for (const numbers of families.values()) expect(numbers).toEqual(numbers.map((_, i) => i + 1))
  })

  test('is as long whatever the capabilities', () => {
    const everything = adapterConformance({ ...options, capabilities: { drains: true } })
    const nothing = adapterConformance({ ...options, capabilities: { dies: false, stalls: false } })

    expect(nothing.map(({ law }) => law)).toEqual(everything.map(({ law }) => law))
  })

  test('says which laws do not apply, and why', () => {
    const { isBroken: _, ...adapter } = memoryAdapter
    const laws = adapterConformance({ ...options, adapter, capabilities: { dies: false } })
    const names = laws.filter(({ applicable }) => !applicable).map(({ name }) => name)

    expect(names.map((name) => name.replace(/:.*\(not/, ' (not'))).toEqual([
      'memory close-5 (not applicable: capabilities.dies is false)',
      'memory link-1 (not applicable: capabilities.dies is false)',
      'memory link-2 (not applicable: capabilities.dies is false)',
      'memory link-3 (not applicable: capabilities.dies is false)',
      'memory link-4 (not applicable: capabilities.dies is false)',
      'memory link-5 (not applicable: capabilities.drains is false)',
      'memory link-6 (not applicable: capabilities.resizes is false)',
      'memory broken-1 (not applicable: the adapter has no isBroken())',
      'memory broken-2 (not applicable: the adapter has no isBroken())',
      'memory broken-3 (not applicable: the adapter has no isBroken())',
      'memory broken-4 (not applicable: the adapter has no isBroken())',
    ])
  })
})

describe('options that make no sense', () => {
  const { isBroken: _, ...noBroken } = memoryAdapter

  test.each<[string, object, typeof TypeError | typeof RangeError, string]>([
    ['no name', { name: undefined }, TypeError, 'ConformanceOptions.name'],
    ['a name of nothing', { name: '' }, TypeError, 'ConformanceOptions.name'],
    ['no adapter', { adapter: undefined }, TypeError, 'adapter'],
    [
      'an adapter that cannot dial',
      { adapter: { ...noBroken, dial: 1 } },
      TypeError,
      'adapter.dial',
    ],
    ['isBroken as a value', { adapter: { ...noBroken, isBroken: true } }, TypeError, 'isBroken'],
    ['no setup', { setup: undefined }, TypeError, 'ConformanceOptions.setup'],
    ['a far side in place of setup', { setup: {} }, TypeError, 'ConformanceOptions.setup'],
    ['an unknown option', { timeoutMs: 1 }, TypeError, 'timeoutMs'],
    ['capabilities in a list', { capabilities: 'drains' }, TypeError, 'capabilities'],
    ['a misspelt capability', { capabilities: { drain: true } }, TypeError, 'drain'],
    ['a capability in words', { capabilities: { drains: 'yes' } }, TypeError, 'drains'],
    ['patience in words', { patienceMs: '5s' }, TypeError, 'patienceMs'],
    ['no patience', { patienceMs: 0 }, RangeError, 'patienceMs'],
    ['no rounds', { rounds: 0 }, RangeError, 'rounds'],
  ])('%s', (_, changed, type, named) => {
    const listing = () => adapterConformance({ ...options, ...changed } as Options)

    expect(listing).toThrow(type)
    expect(listing).toThrow(named)
  })

  test('none at all', () => {
    expect(() => adapterConformance(undefined as never)).toThrow(
      new TypeError('ConformanceOptions must be an object; got undefined'),
    )
  })
})

describe('a far side that is none', () => {
  test.each<[string, object, string]>([
    [
      'lacks what every law needs',
      { use: undefined },
      'the use that setup() gives must be a function',
    ],
    ['has an unknown member', { refusesWith: 'EREFUSED' }, 'an unknown refusesWith; known are'],
    [
      'has one target for many',
      { otherTargets: 'b' },
      'otherTargets that setup() gives must be an array',
    ],
    ['kills by a value', { kill: true }, 'the kill that setup() gives must be a function'],
    ['knows no refusal', { refusedWith: 111 }, 'refusedWith that setup() gives must be a code'],
  ])('%s', async (_, changed, message) => {
    let isDown = false
    const tearDown = () => (isDown = true)
    const setup = () => ({ ...memoryBackend(), tearDown, ...changed }) as never

    await expect(lawOf('key-1', { setup }).run()).rejects.toThrow(message)
    expect(isDown).toBe(true)
  })

  test('is nothing at all', async () => {
    const setup = () => undefined as never

    await expect(lawOf('key-1', { setup }).run()).rejects.toThrow(
      new TypeError('what setup() gives must be an object; got undefined'),
    )
  })

  test('has no target', async () => {
    const { target: _, ...backend } = memoryBackend()

    await expect(lawOf('key-1', { setup: () => backend as never }).run()).rejects.toThrow(
      new TypeError('setup() gives no target, which every law needs'),
    )
  })

  test('does not count its connections', async () => {
    const setup = () => ({ ...memoryBackend(), openConnections: () => undefined as never })

    await expect(lawOf('dial-2', { setup }).run()).rejects.toThrow(
      /openConnections\(\) of what setup\(\) gives must be a count; it is undefined/,
    )
  })
})

test('a far side may be of a class that has more members', async () => {
  class Side {
    readonly started = Date.now()
  }
  const setup = () => Object.assign(new Side(), memoryBackend())

  await expect(lawOf('key-1', { setup }).run()).resolves.toBeUndefined()
})

describe('a law', () => {
  test('that does not apply starts nothing', async () => {
    const law = lawOf('link-5', { setup: () => Promise.reject(new Error('set up')) })

    await expect(law.run()).resolves.toBeUndefined()
  })

  test('asks for what its capability needs', async () => {
    const setup = () => ({ ...memoryBackend(), kill: undefined as never })

    await expect(lawOf('link-1', { setup }).run()).rejects.toThrow(
      /setup\(\) gives no kill: give one, or say capabilities\.dies: false/,
    )
  })

  test('takes a use that throws for one that rejects', async () => {
    const setup = () => {
      const backend = memoryBackend()
      const use = (conn: MemoryConn) => {
        if (conn.isDead) throw new Error('the connection has ended')
        return backend.use(conn)
      }
      return { ...backend, use }
    }

    await expect(lawOf('link-2', { setup }).run()).resolves.toBeUndefined()
  })

  test('tears its far side down once, whether it is kept or broken', async () => {
    let tornDown = 0
    const setup = () => ({ ...memoryBackend(), tearDown: () => tornDown++ })

    await lawOf('broken-1', { setup }).run()
    expect(tornDown).toBe(1)

    const adapter = { ...memoryAdapter, isBroken: () => 1 as never }
    await expect(lawOf('broken-1', { setup, adapter }).run()).rejects.toThrow(ConformanceError)
    expect(tornDown).toBe(2)
  })

  test('that cannot be tried says what was in the way', async () => {
    const fault = new Error('no idea')
    const adapter = {
      ...memoryAdapter,
      key: () => {
        throw fault
      },
    }

    await expect(lawOf('key-1', { adapter }).run()).rejects.toMatchObject({
      law: 'key-1',
      cause: fault,
      message: expect.stringContaining('it could not be tried: Error: no idea'),
    })
  })

  test('about uncaught errors gives the listeners of the process back', async () => {
    const events = ['unhandledRejection', 'uncaughtException'] as const
    const before = events.map((event) => process.rawListeners(event))

    await lawOf('uncaught-1').run()
    await lawOf('uncaught-2').run()

    expect(events.map((event) => process.rawListeners(event))).toEqual(before)
  })

  test('waits for the one before it', async () => {
    let running = 0
    let most = 0
    const setup = () => {
      most = Math.max(most, ++running)
      const backend = memoryBackend()
      const tearDown = () => {
        running--
        return backend.tearDown()
      }
      return { ...backend, tearDown }
    }

    await Promise.all(adapterConformance({ ...options, setup }).map(({ run }) => run()))

    expect(most).toBe(1)
  })
})
