import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { leversOf, scenarios } from '../../src/scenarios.ts'
import { demo } from '../support/demo.ts'
import { visitor, whyNoBrowser } from './support/browser.ts'
import { shownCounts } from './support/numbers.ts'
import { takePictures } from './support/pictures.ts'

const title = ['the scenarios in a browser', whyNoBrowser].filter(Boolean).join(': ')
const within = { timeout: 20_000, interval: 100 }

describe.skipIf(whyNoBrowser !== undefined)(title, () => {
  const running = demo()
  const browser = visitor()

  const withTraffic = scenarios.filter(({ id }) => id !== 'your-server')

  test.each(withTraffic)(
    '$title is picked, explained, and seen, at a desk and on a phone',
    async (scenario) => {
      const { spectator } = running
      const page = await browser.open(spectator.url)
      const before = spectator.run!.id

      await page.getByRole('link', { name: scenario.title, exact: true }).click()

      await page.getByRole('heading', { level: 1, name: scenario.title }).waitFor()
      await page.getByText(scenario.caption).waitFor()
      expect(await page.locator('.code pre').textContent()).toBe(scenario.code)
      await spectator.until('a run', () => spectator.run!.id > before || scenario.id === 'burst')
      expect(spectator.run).toMatchObject({ scenario: scenario.id, levers: leversOf(scenario) })
      await spectator.until('answers', () => (spectator.figuresOf('ours')?.done ?? 0) > 20)
      await vi.waitFor(async () => {
        const lanes = await page.locator('.lane').count()
        expect(lanes).toBe(leversOf(scenario).hosts)
      }, within)
      expect(new URL(page.url()).search).toBe(`?scenario=${scenario.id}`)
      await takePictures(page, scenario.id)
    },
  )

  test('a server of the user is visited, steadily and through the pool', async () => {
    const { spectator } = running
    const asked: string[] = []
    let atOnce = 0
    let most = 0
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      most = Math.max(most, ++atOnce)
      response.on('close', () => atOnce--).end('hello')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => server.closeAllConnections())
    onTestFinished(() => void server.close())
    const page = await browser.open(`${spectator.url}?scenario=your-server`)

    await page.getByLabel('URL of a server').fill(urlOf(server.address() as AddressInfo))
    await page.getByLabel('Requests a second').selectOption('5')
    await page.getByRole('button', { name: 'Visit it' }).click()

    await spectator.until('the visit', () => spectator.run?.url !== undefined)
    await spectator.until('ten answers', () => (spectator.figuresOf('ours')?.done ?? 0) >= 10)
    expect(new Set(asked)).toEqual(new Set(['/here']))
    // One after the other, also where a busy machine catches up with what it is late with.
    const times = spectator.of('want').map(({ t }) => t)
    const withNext = times.map((t) => times.filter((next) => next >= t && next < t + 1_000).length)
    expect(Math.max(...withNext)).toBeLessThanOrEqual(7)
    expect(spectator.of('got').some(({ reused }) => reused)).toBe(true)
    await page.locator('.lane').waitFor()
    await vi.waitFor(async () => {
      const { idle, leased } = await shownCounts(page)
      expect(idle + leased).toBe(spectator.stats?.open)
    }, within)
    await takePictures(page, 'your-server')
  })

  test('a URL that makes no sense is refused beside its field', async () => {
    const address = `${running.spectator.url}?scenario=your-server`
    const page = await browser.open(address, { requestsFail: true })

    await page.getByLabel('URL of a server').fill('not a url')
    await page.getByRole('button', { name: /Visit/ }).click()

    const field = page.getByLabel('URL of a server')
    await vi.waitFor(async () => {
      expect(await page.locator('#visit-error').textContent()).not.toBe('')
    }, within)
    expect(await field.getAttribute('aria-invalid')).toBe('true')
  })

  test('a URL that came with a link is not visited before the user says so', async () => {
    const { spectator } = running
    const there = 'http://127.0.0.1:9/'

    const page = await browser.open(
      `${spectator.url}?scenario=your-server&url=${encodeURIComponent(there)}`,
    )

    await vi.waitFor(async () => {
      expect(await page.getByLabel('URL of a server').inputValue()).toBe(there)
    }, within)
    expect(spectator.run?.url).not.toBe(there)
  })

  test('the race shows ours ahead on the burst', async () => {
    const { spectator } = running
    await spectator.begin({ command: 'pick', scenario: 'burst' })
    const page = await browser.open(spectator.url)
    await page.getByLabel('whole run').check()

    const p90 = async (id: string) => {
      const text = await page.locator(`.race-table .${id} .p90`).textContent()
      return Number(text?.replace(',', ''))
    }
    await vi.waitFor(
      async () => {
        const [agent, undici, ours] = await Promise.all(['agent', 'undici', 'ours'].map(p90))
        expect(ours).toBeLessThan(agent as number)
        expect(ours).toBeLessThan(undici as number)
      },
      { timeout: 50_000, interval: 500 },
    )

    const [agent, ours] = ['agent' as const, 'ours' as const].map((id) => spectator.figuresOf(id)!)
    expect(ours!.total.p90).toBeLessThan(agent!.total.p90)
    await page.getByText(/9 of 10 requests are answered within/).waitFor()
  })
})

function urlOf({ port }: AddressInfo): string {
  return `http://127.0.0.1:${port}/here`
}
