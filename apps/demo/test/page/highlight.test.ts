import { expect, test } from 'vitest'
import { highlight } from '../../page/controls/highlight.ts'
import { scenarios } from '../../src/scenarios.ts'

test.each(scenarios.map(({ id, code }) => [id, code]))(
  'all of the code of %s is shown',
  (_, code) => {
    expect(
      highlight(code)
        .map(({ text }) => text)
        .join(''),
    ).toBe(code)
  },
)

test('it tells words from strings and comments', () => {
  const kinds = highlight("const a = 'of' // if").map(({ kind, text }) => `${kind} ${text}`)

  expect(kinds).toContain('keyword const')
  expect(kinds).toContain("string 'of'")
  expect(kinds).toContain('comment // if')
})
