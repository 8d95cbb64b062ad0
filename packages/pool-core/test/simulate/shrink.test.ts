import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortest } from '../../src/testing/simulate/shrink.ts'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

test('what is needed is kept, in order, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(199), { maxLength: 6 }), async (wanted) => {
      const needed = [...wanted].sort((a, b) => a - b)
      const fails = async (members: readonly number[]): Promise<boolean> =>
        needed.every((it) => members.includes(it))

      await expect(shortest(numbers(200), fails)).resolves.toEqual(needed)
    }),
    { numRuns: 50 },
  )
})

test('of what can be spared only together, nothing is lost that is needed', async () => {
  // either both of 3 and 150, or neither
  const fails = async (members: readonly number[]): Promise<boolean> =>
    members.includes(3) === members.includes(150) && members.includes(77)

  await expect(shortest(numbers(200), fails)).resolves.toContain(77)
})

test('few are tried for a few that are needed', async () => {
  let tried = 0

  await shortest(numbers(400), async (members) => {
    tried++
    return members.includes(399)
  })

  expect(tried).toBeLessThan(50)
})
