import type { Page } from 'playwright-core'
import { describe, expect, test, vi } from 'vitest'
import type { LeverValues } from '../../src/levers.ts'
import type { ScenarioId } from '../../src/scenarios.ts'
import { demo } from '../support/demo.ts'
import { visitor, whyNoBrowser } from './support/browser.ts'
import { shownCounts } from './support/numbers.ts'

const title = ['levers and faults in a browser', whyNoBrowser].filter(Boolean).join(': ')

describe.skipIf(whyNoBrowser !== undefined)(title, () => {
  const running = demo()
  const browser = visitor()

  async function show(scenario: ScenarioId, levers: Partial<LeverValues> = {}): Promise<Page> {
    await running.spectator.begin({ command: 'pick', scenario, levers })
    const page = await browser.open(running.spectator.url)
    await page.getByRole('group', { name: 'Levers' }).waitFor()
    return page
  }

  test('the dial delay slows down later dials', async () => {
    const page = await show('burst', { dialDelayMs: 10 })
    const { spectator } = running

    await page.getByLabel('Dial delay').fill('700')

    await spectator.until('the lever', () => spectator.run?.levers.dialDelayMs === 700)
    await spectator.until('slow dials', () =>
      spectator.of('dialed').some(({ durationMs }) => durationMs >= 700),
    )
    await page.getByText('dialDelayMs 700').or(page.getByText('700 ms')).first().waitFor()
  })

  test('the limit of connections is that of the pool', async () => {
    const page = await show('burst')
    const { spectator } = running
    const before = spectator.run!.id

    await page.getByLabel('Connections for a host').fill('3')

    await spectator.until('a new run', () => spectator.run!.id > before)
    await spectator.until('wants in line', () => (spectator.stats?.waiting ?? 0) > 3)
    await spectator.until('answers', () => (spectator.stats?.totals.got ?? 0) > 20)
    const most = Math.max(...spectator.allStats.map(({ open, dialing }) => open + dialing))
    expect(most).toBe(3)
    await vi.waitFor(async () => {
      const { leased, idle, dialing } = await shownCounts(page)
      expect(leased + idle + dialing).toBeLessThanOrEqual(3)
    })
  })

  test('the rate and the work time make as many connections as they need', async () => {
    const page = await show('steady', { workMs: 5 })
    const { spectator } = running

    await page.getByLabel('Work time').fill('400')
    await page.getByRole('slider', { name: 'Requests', exact: true }).fill('100')

    // A hundred a second, each for 0.4 s.
    await spectator.until('the connections', () => (spectator.stats?.leased ?? 0) >= 35)
    expect(spectator.run?.levers).toMatchObject({ workMs: 400, perSecond: 100 })
  })

  test('the shape of the traffic is chosen from a list', async () => {
    const page = await show('steady')
    const { spectator } = running

    await page.getByLabel('Traffic').selectOption({ label: 'bursts' })

    await spectator.until('the lever', () => spectator.run?.levers.shape === 'bursts')
  })

  test('the protocol begins a new run with the same pool face', async () => {
    const page = await show('burst')
    const { spectator } = running

    await page.getByLabel('Protocol').selectOption('h2')

    await spectator.until('sessions', () =>
      [...spectator.stage.lanes.values()].some(({ conns }) =>
        [...conns.values()].some(({ capacity = 1 }) => capacity > 1),
      ),
    )
  })

  test('fewer streams for a session make more sessions', async () => {
    const page = await show('streams', { maxStreams: 100 })
    const { spectator } = running

    await page.getByLabel('Streams for a session').fill('2')

    await spectator.until('many sessions', () => (spectator.stats?.open ?? 0) >= 5)
  })

  test('as many hosts as lanes, and together no more connections than allowed', async () => {
    const page = await show('neighbours')
    const { spectator } = running
    const before = spectator.run!.id

    await page.getByLabel('Hosts').fill('2')

    await spectator.until('a new run', () => spectator.run!.id > before)
    await spectator.until('two keys', () => spectator.stats?.keys === 2)
    await vi.waitFor(async () => expect(await page.locator('.lane').count()).toBe(2), {
      timeout: 10_000,
    })
    expect(Math.max(...spectator.allStats.map(({ open }) => open))).toBeLessThanOrEqual(12)
  })

  test('a short line refuses what is too much', async () => {
    const page = await show('full-line', { maxWaiting: 1_000 })
    const { spectator } = running
    const before = spectator.run!.id

    await page.getByLabel('Length of the line').fill('2')

    await spectator.until('a new run', () => spectator.run!.id > before)
    await spectator.until('refusals', () => (spectator.stats?.totals.refused ?? 0) > 0)
    expect(Math.max(...spectator.allStats.map(({ waiting }) => waiting))).toBeLessThanOrEqual(2)
  })

  test('a reset closes all connections that there are', async () => {
    const page = await show('steady')
    const { spectator } = running
    await spectator.until('connections', () => (spectator.stats?.open ?? 0) > 2)

    await page.getByRole('button', { name: 'Reset all' }).click()

    await spectator.until('lost connections', () => {
      const closed = spectator.stats?.totals.closed
      return (closed?.['closed-by-peer'] ?? 0) + (closed?.discarded ?? 0) > 2
    })
  })

  test('GOAWAY drains sessions, and no request fails', async () => {
    const page = await show('streams')
    const { spectator } = running
    await spectator.until('sessions', () => (spectator.stats?.open ?? 0) > 0)

    await page.getByRole('button', { name: 'Send GOAWAY' }).click()

    await spectator.until('drained', () => (spectator.stats?.totals.closed.drained ?? 0) > 0)
    const { done } = spectator.figuresOf('ours')!
    await spectator.until('more answers', () => spectator.figuresOf('ours')!.done > done + 20)
    expect(spectator.figuresOf('ours')?.errors).toBe(0)
  })

  test('dropped packets leave everybody waiting, until they are forwarded again', async () => {
    const page = await show('steady')
    const { spectator } = running
    await spectator.until('answers', () => (spectator.figuresOf('ours')?.done ?? 0) > 20)

    await page.getByRole('button', { name: 'Drop packets' }).click()
    await spectator.until('leases that do not end', () => (spectator.stats?.leased ?? 0) > 30)
    await page.getByRole('button', { name: 'Forward again' }).click()

    await spectator.until('the end of the jam', () => (spectator.stats?.leased ?? 99) < 20)
    await page.getByRole('button', { name: 'Drop packets' }).waitFor()
  })

  test('a stopped origin fails dials, a started one serves again', async () => {
    const page = await show('steady')
    const { spectator } = running
    await spectator.until('answers', () => (spectator.figuresOf('ours')?.done ?? 0) > 20)

    await page.getByRole('button', { name: 'Stop the origin' }).click()
    await spectator.until('failed dials', () => (spectator.stats?.totals.dialsFailed ?? 0) > 0)
    await page.getByRole('button', { name: 'Start the origin' }).click()

    await spectator.until('it is up', () => spectator.origins.every(({ state }) => state === 'up'))
    const { done } = spectator.figuresOf('ours')!
    await spectator.until('answers', () => spectator.figuresOf('ours')!.done > done + 20)
  })

  test('two hundred wants fill the queue', async () => {
    const page = await show('steady', { perSecond: 5, dialDelayMs: 1_000 })
    const { spectator } = running

    await page.getByRole('button', { name: 'Fill the queue' }).click()

    await spectator.until('the line', () => spectator.of('want').length >= 200)
    await spectator.until('the line in stats', () =>
      spectator.allStats.some(({ waiting }) => waiting > 100),
    )
  })
})
