import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { pageOf } from '../src/page/page.ts'
import { published } from '../src/page/published.ts'

const docs = fileURLToPath(new URL('../../docs/', import.meta.url))
const page = pageOf(published(`${docs}figures`))

test('the page of figures is what was measured, and nothing else', () => {
  expect(readFileSync(`${docs}performance.md`, 'utf8')).toBe(page.text)
})

test('its charts are those of the same results', () => {
  const shown = readdirSync(`${docs}figures`).filter((file) => file.endsWith('.svg'))

  expect(shown.sort()).toEqual([...page.charts.keys()].sort())
  for (const [file, svg] of page.charts) {
    expect(readFileSync(`${docs}figures/${file}`, 'utf8'), file).toBe(svg)
  }
})

test('a chapter names the versions of those whom it shows', () => {
  const chapters = published(`${docs}figures`).map(({ suite, figures }) => ({
    suite,
    figures: figures.map((figure) => ({
      ...figure,
      environment: { ...figure.environment, peers: { tarn: '1.2.3', 'absent-pool': '4.5.6' } },
    })),
  }))

  const { text } = pageOf(chapters)

  expect(text).toContain(' Beside tarn 1.2.3.\n')
  expect(text).not.toContain('absent-pool')
})
