import type { Page } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { visitor, whyNoBrowser } from './support/browser.ts'
import { FakeServer } from './support/fake-server.ts'
import { shownCounts } from './support/numbers.ts'

const title = ['the page under load', whyNoBrowser].filter(Boolean).join(': ')

/** Some 500 connections and 2,000 events a second. */
const crowd = { lanes: 1, perSecond: 670, workMs: 720, dialMs: 100 }
const calm = { lanes: 2, perSecond: 40, workMs: 20, dialMs: 100 }

describe.skipIf(whyNoBrowser !== undefined)(title, () => {
  const browser = visitor()

  async function serve(
    traffic: typeof crowd,
    port = 0,
  ): Promise<{ url: string; server: FakeServer }> {
    const server = new FakeServer(traffic)
    const url = await server.listen(port)
    onTestFinished(() => server.close())
    return { url, server }
  }

  test('it stays smooth with 500 connections and 2,000 events a second', async () => {
    const { url, server } = await serve(crowd)
    const page = await browser.open(url)
    await page.locator('.lane').waitFor()
    await page.waitForTimeout(3_000)
    const before = server.sent

    const { frames, longest, seconds } = await measure(page, 5_000)

    const { leased, idle } = await shownCounts(page)
    const events = Math.round((server.sent - before) / seconds)
    const perSecond = Math.round(frames / seconds)
    console.log(
      `${leased + idle} connections, ${events} events/s: ${perSecond} frames/s, longest task ${Math.round(longest)} ms`,
    )
    expect(leased + idle).toBeGreaterThan(450)
    // Far below what it does on a machine that has nothing else to do: 50 and 100 are its goals.
    expect(perSecond).toBeGreaterThan(20)
    expect(longest).toBeLessThan(400)
  })

  test('its memory does not grow with what it has seen', async () => {
    const { url } = await serve(crowd)
    const page = await browser.open(url)
    await page.waitForTimeout(12_000)

    const before = await memory(page)
    await page.waitForTimeout(15_000)
    const after = await memory(page)

    console.log(`heap ${before.heapMb.toFixed(1)} MB, 15 s later ${after.heapMb.toFixed(1)} MB`)
    expect(after.heapMb - before.heapMb).toBeLessThan(3)
    expect(after.nodes - before.nodes).toBeLessThan(300)
  })

  test('it says that the server is away, and goes on with the next one', async () => {
    const first = new FakeServer(calm)
    const url = await first.listen()
    const page = await browser.open(url, { requestsFail: true })
    await page.getByText('Connected').waitFor()

    await first.close()
    await page.getByText('Server away').waitFor()
    await page.getByRole('alert').getByText('does not answer').waitFor()
    await serve(calm, Number(new URL(url).port))

    await page.getByText('Connected').waitFor()
    await page.getByText('The demo server was started anew').waitFor()
    await page.locator('.lane').nth(1).waitFor()
  })

  test('a server that says nothing any more is away', async () => {
    const { url, server } = await serve(calm)
    const page = await browser.open(url, { requestsFail: true })
    await page.getByText('Connected').waitFor()

    server.silence()

    await page.getByText('Server away').waitFor()
  })

  test('a command that nobody answers is told, and breaks nothing', async () => {
    const first = new FakeServer(calm)
    const page = await browser.open(await first.listen(), { requestsFail: true })
    await page.getByText('Connected').waitFor()
    await first.close()

    await page.getByRole('button', { name: 'Pause' }).click()

    await page.getByText('The demo server does not answer. Is it still running?').waitFor()
  })
})

async function measure(page: Page, ms: number) {
  return page.evaluate(async (ms) => {
    let frames = 0
    let longest = 0
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
    })
    observer.observe({ type: 'longtask' })
    const start = performance.now()
    await new Promise<void>((resolve) => {
      const frame = () => {
        frames++
        if (performance.now() - start < ms) requestAnimationFrame(frame)
        else resolve()
      }
      requestAnimationFrame(frame)
    })
    observer.disconnect()
    return { frames, longest, seconds: (performance.now() - start) / 1_000 }
  }, ms)
}

async function memory(page: Page): Promise<{ heapMb: number; nodes: number }> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  await session.send('Performance.enable')
  const { metrics } = await session.send('Performance.getMetrics')
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0
  await session.detach()
  return { heapMb: of('JSHeapUsedSize') / 1_000_000, nodes: of('Nodes') }
}
