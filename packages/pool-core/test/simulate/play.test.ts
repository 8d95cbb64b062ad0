import { afterEach, describe, expect, test, vi } from 'vitest'
import { SimulationError, simulate } from '../../src/testing/index.ts'
import { brokenCores } from './broken-cores.ts'
import { runPlay } from './run-play.ts'

// A machine that is busy is given its time.
vi.setConfig({ testTimeout: 60_000 })

let mend = (): void => {}
afterEach(() => mend())

async function failureOf(options: Parameters<typeof simulate>[0]): Promise<SimulationError> {
  const error = await simulate(options).catch((it: unknown) => it)
  if (!(error instanceof SimulationError)) throw new Error('no fault was found', { cause: error })
  return error
}

describe.each(brokenCores)('%s', (_, core) => {
  test('is found, and its play is short and fails in the same way', async () => {
    mend = core()

    const failure = await failureOf({ seed: 1, steps: 100_000, checkEvery: 8 })

    expect(failure.steps).toBeLessThanOrEqual(8)
    expect(failure.message).toContain(failure.play)
    await expect(runPlay(failure.play)).resolves.toMatchObject({ message: failure.fault })
  })

  test('is found again by the same seed, and by others', async () => {
    mend = core()

    const failures = [1, 1, 2].map((seed) => failureOf({ seed, steps: 100_000, checkEvery: 8 }))

    const [first, again, other] = await Promise.all(failures)
    expect(again!.play).toBe(first!.play)
    expect(again!.seed).toBe(1)
    expect(other!.seed).toBe(2)
  })

  test('has a play that passes with the core as it should be', async () => {
    mend = core()
    const { play } = await failureOf({ seed: 3, steps: 100_000, checkEvery: 8 })

    mend()

    await expect(runPlay(play)).resolves.toBeUndefined()
  })
})
