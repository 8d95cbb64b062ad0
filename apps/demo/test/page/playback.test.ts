import type { Locator, Page } from 'playwright-core'
import { describe, expect, test, vi } from 'vitest'
import type { Lane } from '../../src/stage-state.ts'
import { demo } from '../support/demo.ts'
import { visitor, whyNoBrowser } from './support/browser.ts'
import { foldedCounts, shownCounts } from './support/numbers.ts'

const title = ['playback in a browser', whyNoBrowser].filter(Boolean).join(': ')
const within = { timeout: 20_000, interval: 100 }

describe.skipIf(whyNoBrowser !== undefined)(title, () => {
  const running = demo()
  const browser = visitor()

  async function paused(scenario = 'steady' as const) {
    const { spectator } = running
    await spectator.begin({ command: 'pick', scenario })
    const page = await browser.open(spectator.url)
    await spectator.until('answers', () => (spectator.figuresOf('ours')?.done ?? 0) > 60)
    await page.getByRole('button', { name: 'Pause' }).click()
    await spectator.until('a pause', () => spectator.clock?.mode === 'paused')
    await page.getByText('Paused').waitFor()
    return { page, spectator }
  }

  /** What is in a lane at a pause is chance: steps on until there is what a test needs, and is shown. */
  async function pausedWith(isEnough: (lane: Lane) => boolean) {
    const { page, spectator } = await paused()
    const isThere = () => [...spectator.stage.lanes.values()].slice(0, 1).some(isEnough)
    while (!isThere()) {
      const before = spectator.events.length
      await spectator.do({ command: 'step' })
      await spectator.until('an event', () => spectator.events.length > before)
    }
    await allShown(page)
    return page
  }

  /** Until the page shows the moment of the pause: only then is it that it stands still. */
  async function allShown(page: Page) {
    const { spectator } = running
    await vi.waitFor(async () => {
      const time = await page.locator('.timeline .time').textContent()
      expect(time).toBe(secondsOf(spectator.clock!.t))
      expect(await shownCounts(page)).toEqual(foldedCounts(spectator.stage))
    }, within)
  }

  test('a paused show stands still, and shows all that has happened until then', async () => {
    const { page, spectator } = await paused()

    await allShown(page)
    const { t } = spectator.clock!
    await page.waitForTimeout(500)
    expect(await page.locator('.timeline .time').textContent()).toBe(secondsOf(t))
    expect(await shownCounts(page)).toEqual(foldedCounts(spectator.stage))
  })

  test('a step shows one event more', async () => {
    const { page, spectator } = await paused()
    const before = spectator.events.length

    await page.getByRole('button', { name: 'Step' }).click()

    await spectator.until('an event', () => spectator.events.length > before)
    expect(spectator.clock?.mode).toBe('paused')
  })

  test('a replay begins with what was recorded first, and can be left for what is live', async () => {
    const { page, spectator } = await paused()
    const { t } = spectator.clock!

    await page.getByLabel('Speed').selectOption('0.1')
    await page.getByRole('button', { name: 'Replay' }).click()
    await spectator.until('a replay', () => spectator.clock?.mode === 'replaying')
    await page.locator('.mode.replaying').waitFor()

    expect(spectator.clock).toMatchObject({ speed: 0.1 })
    expect(spectator.clock!.t).toBeLessThan(t)
    await page.getByRole('button', { name: 'Back to live' }).click()
    await spectator.until('live', () => spectator.clock?.mode === 'live')
    await page.getByText('Live', { exact: true }).waitFor()
  })

  test('a scenario is linked to with its levers, and one can go back', async () => {
    const { spectator } = running

    const page = await browser.open(`${spectator.url}?scenario=steady&workMs=35`)
    await page.getByRole('heading', { level: 1, name: 'Steady traffic' }).waitFor()
    await spectator.until('the run', () => spectator.run?.levers.workMs === 35)
    await page.getByRole('link', { name: 'A full line' }).click()
    await page.getByRole('heading', { level: 1, name: 'A full line' }).waitFor()
    await page.goBack()

    await page.getByRole('heading', { level: 1, name: 'Steady traffic' }).waitFor()
    await vi.waitFor(() => expect(page.url()).toContain('scenario=steady&workMs=35'), within)
    expect(spectator.run).toMatchObject({ scenario: 'steady' })
  })

  test('the link and the code are copied', async () => {
    const { page } = await paused()
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText())

    await page.getByRole('button', { name: 'Copy link' }).click()
    await vi.waitFor(async () => expect(await clipboard()).toBe(page.url()), within)
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    await page.getByText('Copied', { exact: true }).waitFor()

    expect(await clipboard()).toBe(await page.locator('.code pre').textContent())
  })

  test('a click on a connection tells its history, from which one gets to the others', async () => {
    const page = await pausedWith(({ conns }) => conns.size > 0)
    const canvas = page.locator('.lane canvas').first()
    const story = page.getByRole('region', { name: 'History' })

    await canvas.click({ position: await placeOfAConnection(canvas) })

    await story.getByRole('heading', { name: /^Connection \d+/ }).waitFor()
    await story.getByRole('button', { name: /^dial \d+/ }).click()
    await story.getByRole('heading', { name: /^Dial \d+/ }).waitFor()
    await story.getByText(/Connected after/).waitFor()
  })

  test('the keyboard gets to every thing in the lane', async () => {
    const page = await pausedWith(
      ({ waiting, dials, conns }) => waiting.size + dials.size + conns.size > 1,
    )
    const story = page.getByRole('region', { name: 'History' })

    await page.getByRole('listbox').first().focus()
    await story.getByRole('heading').waitFor()
    const first = await story.getByRole('heading').textContent()
    await page.keyboard.press('ArrowRight')

    await vi.waitFor(async () => {
      expect(await story.getByRole('heading').textContent()).not.toBe(first)
    }, within)
    const option = page.locator('.lane [role=option]').first()
    await vi.waitFor(async () => {
      const heading = await story.getByRole('heading').textContent()
      expect(await option.textContent()).toContain(`${heading}: `)
    }, within)
    await page.keyboard.press('Escape')
    await page.getByText('Nothing chosen. Click').waitFor()
  })

  test('a dial in the ledger leads to its history', async () => {
    const { page } = await paused()
    const ledger = page.getByRole('region', { name: 'The latest dials' })

    await ledger.getByRole('button').first().click()

    await page
      .getByRole('region', { name: 'History' })
      .getByRole('heading', { name: /^Dial/ })
      .waitFor()
  })
})

/** Where the pointer becomes a hand, in the half of a lane that has the connections. */
async function placeOfAConnection(canvas: Locator): Promise<{ x: number; y: number }> {
  const place = await canvas.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect()
    for (let y = 0; y < height; y += 4) {
      for (let x = Math.round(width * 0.56); x < width; x += 4) {
        const at = { clientX: left + x, clientY: top + y }
        element.dispatchEvent(new PointerEvent('pointermove', at))
        // Not at the very edge: a click is at whole pixels.
        if (element.style.cursor === 'pointer') return { x: x + 6, y: y + 6 }
      }
    }
    return undefined
  })
  expect(place, 'a place where the pointer is a hand').toBeDefined()
  return place!
}

function secondsOf(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
