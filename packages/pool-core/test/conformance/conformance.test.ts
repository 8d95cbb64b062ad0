import { describe, expect, test, vi } from 'vitest'
import { adapterConformance } from '../../src/testing/index.ts'
import { memoryAdapter, memoryBackend } from './memory-adapter.ts'

// A machine that is busy is given its time.
vi.setConfig({ testTimeout: 60_000 })

const options = { name: 'memory', adapter: memoryAdapter, setup: memoryBackend }
const capabilities = { drains: true, resizes: true }

describe('an adapter that keeps every law', () => {
  const laws = adapterConformance({ ...options, capabilities })

  test.each(laws)('$name', ({ run, applicable }) => {
    expect(applicable).toBe(true)
    return run()
  })
})
