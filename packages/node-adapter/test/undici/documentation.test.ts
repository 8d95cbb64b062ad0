import { describe, expect, test } from 'vitest'
import { examplesOf, outputOf } from './support/documentation.ts'
import { undici8 } from './support/undicis.ts'

/** Where a dispatcher and its clients are described. */
const pages = ['Dispatcher.md', 'Client.md']

for (const [name, isThere] of [
  ['undici', true],
  ['undici8', undici8 !== undefined],
] as const) {
  const examples = isThere ? pages.flatMap((page) => examplesOf(name, page)) : []
  describe.skipIf(!isThere)(`the documentation of ${name}`, () => {
    test('has the examples that are looked for', () => {
      expect(examples.length).toBeGreaterThan(10)
    })

    test.each(examples)(
      '$name prints the same with ours and its own',
      { timeout: 60_000 },
      async (example) => {
        const own = await outputOf(example, name, 'own')
        expect(await outputOf(example, name, 'ours')).toBe(own)
      },
    )
  })
}
