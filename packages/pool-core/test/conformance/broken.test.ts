import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { adapterConformance, type ConformanceError } from '../../src/testing/index.ts'
import { Takeover } from '../../src/testing/laws/host.ts'
import { lawBook } from '../../src/testing/laws/law-book.ts'
import { abandoned, type BrokenAdapter, brokenAdapters } from './broken-adapters.ts'
import { memoryAdapter, memoryBackend } from './memory-adapter.ts'

// A machine that is busy is given its time.
vi.setConfig({ testTimeout: 60_000 })

/** Adapters broken on purpose: each law finds its own, and no other law complains. */

let uncaught: Takeover[] = []

// What a broken adapter does beside the point must not reach the runner.
beforeEach(() => {
  uncaught = [new Takeover('unhandledRejection'), new Takeover('uncaughtException')]
})

afterEach(() => {
  for (const takeover of uncaught) takeover.stop()
  for (const port of abandoned.splice(0)) port.close()
})

async function failuresOf({ make }: BrokenAdapter): Promise<ConformanceError[]> {
  const laws = adapterConformance({
    name: 'broken',
    adapter: { ...memoryAdapter, ...make() },
    setup: memoryBackend,
    capabilities: { drains: true, resizes: true },
    patienceMs: 20,
    rounds: 50,
  })
  const failures: ConformanceError[] = []
  for (const { run } of laws) await run().catch((error) => failures.push(error))
  return failures
}

describe('an adapter that', () => {
  test.each(brokenAdapters.map((it) => [it.fault, it] as const))('%s', async (_, broken) => {
    const failures = await failuresOf(broken)

    expect(failures.map(({ law, message }) => ({ law, message }))).toEqual([
      { law: broken.law, message: expect.stringMatching(broken.says) },
    ])
    expect(failures[0]?.message).toContain(`docs/adapter-authoring.md#${broken.law}`)
  })
})

test('every law has an adapter that breaks it', () => {
  const broken = new Set(brokenAdapters.map(({ law }) => law))

  expect(lawBook.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([])
})
