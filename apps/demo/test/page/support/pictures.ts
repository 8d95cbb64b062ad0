import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Kept, so that somebody can look at them; CI keeps them, too. */
const folder = fileURLToPath(new URL('../../../reports/page/', import.meta.url))
export const widths = [1280, 768, 390]
const schemes = ['light', 'dark'] as const

/** Takes the page from a desk to a phone, light and dark. Nothing may hang over its edge. */
export async function takePictures(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({
        path: `${folder}${name}-${width}-${colorScheme}.png`,
        fullPage: true,
      })
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
  }
}
