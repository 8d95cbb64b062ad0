import { expect, test } from 'vitest'
import { cases } from './cases.ts'
import { isDocumented, rows } from './documented.ts'
import { Kit, type Scheme } from './kit.ts'

const schemes: readonly Scheme[] = ['http', 'https']
const all = cases.flatMap((each) =>
  schemes
    .filter((scheme) => each.only === undefined || each.only === scheme)
    .map((scheme) => [scheme, each.when, each.see] as const),
)

test.each(all)('%s: %s', async (scheme, when, see) => {
  const nodes = await see(new Kit(scheme, 'node'))
  const ours = await see(new Kit(scheme, 'ours'))

  if (isDocumented(when)) expect(ours, 'a row of docs/migrating.md says so').not.toEqual(nodes)
  else expect(ours, 'no row of docs/migrating.md says otherwise').toEqual(nodes)
})

test('each row of the table of differences is about a case, and no two about the same', () => {
  const known = cases.map(({ when }) => when)

  expect(rows.map(({ when }) => when).filter((when) => !known.includes(when))).toEqual([])
  expect(new Set(rows.map(({ when }) => when)).size).toBe(rows.length)
  expect(new Set(known).size).toBe(known.length)
})
