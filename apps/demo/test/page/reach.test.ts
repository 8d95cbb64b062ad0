import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect, test, vi } from 'vitest'
import type { ScenarioId } from '../../src/scenarios.ts'
import { demo } from '../support/demo.ts'
import { visitor, whyNoBrowser } from './support/browser.ts'
import { widths } from './support/pictures.ts'

const title = ['the page for everybody', whyNoBrowser].filter(Boolean).join(': ')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const schemes = ['light', 'dark'] as const

describe.skipIf(whyNoBrowser !== undefined)(title, () => {
  const running = demo()
  const browser = visitor()

  async function show(scenario: ScenarioId, options: Parameters<typeof browser.open>[1] = {}) {
    const { spectator } = running
    const isOurs = scenario !== 'your-server'
    if (isOurs) await spectator.begin({ command: 'pick', scenario })
    const page = await browser.open(`${spectator.url}?scenario=${scenario}`, options)
    if (isOurs) {
      await spectator.until('answers', () => (spectator.figuresOf('ours')?.done ?? 0) > 60)
      await page.locator('.lane').first().waitFor()
    }
    return page
  }

  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe)
    const results = await page.evaluate(() => {
      const { axe } = window as unknown as { axe: { run(): Promise<AxeResults> } }
      return axe.run()
    })
    const tell = ({ id, nodes }: AxeResults['violations'][number]) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`
    return results.violations.map(tell)
  }

  const looks = widths.flatMap((width) => schemes.map((scheme) => [scheme, width] as const))

  test.each(looks)('axe finds nothing in a %s page %i wide, a history open', async (...look) => {
    const [colorScheme, width] = look
    // Bursts rest, and then there is nothing to choose.
    const page = await show('steady', { colorScheme, viewport: { width, height: 844 } })
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('listbox').first().focus()
    await page.getByRole('region', { name: 'History' }).getByRole('heading').waitFor()

    expect(await violations(page)).toEqual([])
  })

  test.each(['streams', 'neighbours', 'your-server'] as const)(
    'axe finds nothing in %s',
    async (id) => {
      const page = await show(id, { viewport: { width: 390, height: 844 } })

      expect(await violations(page)).toEqual([])
    },
  )

  test('the theme is chosen, and kept over a reload', async () => {
    const page = await show('burst', { colorScheme: 'light' })
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await background()

    await page.getByRole('button', { name: 'Theme: as the system' }).click()
    await page.getByRole('button', { name: 'Theme: light' }).click()
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor()
    const dark = await background()
    await page.reload()

    await page.getByRole('button', { name: 'Theme: dark' }).waitFor()
    expect(await background()).toBe(dark)
    expect(dark).not.toBe(light)
  })

  test('for those who want no motion nothing flies, fades or scrolls', async () => {
    const page = await show('burst', { reducedMotion: 'reduce' })

    const perSecond = await page.evaluate(async () => {
      let count = 0
      const start = performance.now()
      const { clearRect } = CanvasRenderingContext2D.prototype
      CanvasRenderingContext2D.prototype.clearRect = function (...args) {
        if (this.canvas.closest('.lane') !== null) count++
        clearRect.apply(this, args)
      }
      await new Promise((resolve) => setTimeout(resolve, 3_000))
      return (1_000 * count) / (performance.now() - start)
    })

    // Twice a second, as what is true changes, and once more at either end.
    expect(perSecond).toBeGreaterThan(0)
    expect(perSecond).toBeLessThan(2.7)
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0)
  })

  test('everything that can be used can be reached with Tab, and is seen to have the focus', async () => {
    const page = await show('burst')
    await running.spectator.do({ command: 'pause' })
    const seen = new Set<string>()

    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab')
      const focused = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement
        const { outlineStyle } = getComputedStyle(element)
        const beside = element.nextElementSibling
        const shown =
          outlineStyle !== 'none' || (beside && getComputedStyle(beside).outlineStyle !== 'none')
        const name = element.getAttribute('aria-label') ?? element.textContent ?? ''
        return { name: `${element.tagName} ${name.trim().slice(0, 40)}`, shown }
      })
      expect(focused).toMatchObject({ shown: true })
      seen.add(focused.name)
    }

    const all = [...seen].join('\n')
    for (const name of ['A crowd', 'Step', 'Wants, dials and connections', 'Reset all', 'Copy']) {
      expect(all).toContain(name)
    }
    await vi.waitFor(() => expect(seen.size).toBeGreaterThan(30))
  })
})
