import { expect, test } from 'vitest'
import { chapter, filesOf, names, read, rows } from './repository.ts'

const page = read('docs/errors.md')
const sources = filesOf('packages/*/src/**/*.ts')
  .filter((file) => !file.includes('/testing/'))
  .map(read)
  .join('\n')

/** Codes of our own, wherever a source makes one or asks for one. */
const made = new Set(
  [...sources.matchAll(/'(ERR_(?:POOL|H2|NET|PROXY)_[A-Z_]+)'/g)].map(([, code]) => code as string),
)

const explained = rows(page)
  .flatMap(([first = '']) => names(first))
  .filter((name) => name.startsWith('ERR_'))

test('the page has a row for each code that a source knows, and for no other', () => {
  expect(explained.sort()).toEqual([...made].sort())
})

test('each row says what happened and what to do', () => {
  const short = rows(page).filter(
    ([first = '', ...cells]) => /`E[A-Z]/.test(first) && cells.some((cell) => cell.length < 10),
  )

  expect(short).toEqual([])
})

test('codes of undici that a source uses are named', () => {
  const used = new Set(sources.match(/UND_ERR_[A-Z_]+/g))

  expect([...used].filter((code) => !page.includes(`\`${code}\``))).toEqual([])
})

test('the page has all reasons for which a connection is closed', () => {
  const [, listed = ''] =
    /closeReasons = \[(.*?)\]/s.exec(read('packages/pool-core/src/close-reason.ts')) ?? []
  const reasons = [...listed.matchAll(/'([^']+)'/g)].map(([, reason]) => reason)
  const table = rows(chapter(page, '## Why a connection was closed'))

  expect(table.flatMap(([first = '']) => names(first)).sort()).toEqual(reasons.sort())
})
