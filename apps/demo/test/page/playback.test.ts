import { describe, expect, test, vi } from 'vitest'
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

  /** How much is in a lane at a pause is chance: a slow machine may have a single connection there. */
  async function pausedWithTwoThings() {
    const { page, spectator } = await paused()
    const inFirstLane = () => {
      const [first] = spectator.stage.lanes.values()
      return first === undefined ? 0 : first.waiting.size + first.dials.size + first.conns.size
    }
    while (inFirstLane() < 2) {
      const before = spectator.events.length
      await spectator.do({ command: 'step' })
      await spectator.until('an event', () => spectator.events.length > before)
    }
    await vi.waitFor(async () => {
      expect(await shownCounts(page)).toEqual(foldedCounts(spectator.stage))
    }, within)
    return { page, spectator }
  }

  test('a paused show stands still, and shows all that has happened until then', async () => {
    const { page, spectator } = await paused()

    await vi.waitFor(async () => {
      expect(await shownCounts(page)).toEqual(foldedCounts(spectator.stage))
    }, within)
    const time = page.locator('.timeline .time')
    const then = await time.textContent()
    await page.waitForTimeout(500)
    expect(await time.textContent()).toBe(then)
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

    await page.getByLabel('Speed').selectOption('0.5')
    await page.getByRole('button', { name: 'Replay' }).click()
    await spectator.until('a replay', () => spectator.clock?.mode === 'replaying')
    await page.locator('.mode.replaying').waitFor()

    expect(spectator.clock).toMatchObject({ speed: 0.5 })
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
    const { page } = await paused()
    const picture = page.getByRole('listbox').first()
    const { width } = (await picture.boundingBox())!
    let x = width
    const story = page.getByRole('region', { name: 'History' })

    const heading = story.getByRole('heading', { name: /^Connection \d+/ })
    // Which places of the first row are taken is chance.
    await vi.waitFor(async () => {
      x = x + 40 < width ? x + 40 : width * 0.56
      await picture.click({ position: { x, y: 36 } })
      await heading.waitFor({ timeout: 2_000 })
    }, within)

    await story.getByRole('button', { name: /^dial \d+/ }).click()
    await story.getByRole('heading', { name: /^Dial \d+/ }).waitFor()
    await story.getByText(/Connected after/).waitFor()
  })

  test('the keyboard gets to every thing in the lane', async () => {
    const { page } = await pausedWithTwoThings()
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
