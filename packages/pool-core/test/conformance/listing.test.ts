import { describe, expect, test } from 'vitest'
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

  test.each([
    ['is misspelt', { drain: true }],
    ['is no boolean', { drains: 'yes' }],
  ])('throws a TypeError for a capability that %s', (_, capabilities) => {
    expect(() => adapterConformance({ ...options, capabilities: capabilities as never })).toThrow(
      TypeError,
    )
  })
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
