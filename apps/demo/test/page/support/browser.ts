import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, onTestFinished } from 'vitest'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Undefined if there is a browser, else how to get one. With `WANTCONN_REQUIRE=all` there must be. */
export const whyNoBrowser: string | undefined = lookForBrowser()

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-dev-shm-usage',
]

export interface Visitor {
  /** A page of its own, gone when the test is over. What it says on its console fails the test. */
  open(url: string, options?: VisitOptions): Promise<Page>
}

export interface VisitOptions extends BrowserContextOptions {
  /** Requests fail in this test, of which the browser complains. */
  readonly requestsFail?: boolean
}

/** One browser for all tests of a file. */
export function visitor(): Visitor {
  let browser: Browser | undefined
  const complaints: string[] = []

  beforeAll(async () => {
    if (whyNoBrowser !== undefined) return
    browser = await chromium.launch({ executablePath, args, timeout: 60_000 })
  }, 90_000)

  afterAll(() => browser?.close())

  afterEach(() => {
    expect(complaints.splice(0)).toEqual([])
  })

  return {
    async open(url, { requestsFail = false, ...options } = {}) {
      const viewport = { width: 1280, height: 820 }
      const context = await browser!.newContext({ viewport, ...options })
      onTestFinished(() => context.close())
      await context.grantPermissions(['clipboard-read', 'clipboard-write'])
      const page = await context.newPage()
      page.setDefaultTimeout(30_000)
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        const isExpected = requestsFail && message.text().startsWith('Failed to load resource')
        if (message.type() === 'error' && !isExpected) complaints.push(message.text())
      })
      await page.goto(url)
      return page
    },
  }
}

function lookForBrowser(): string | undefined {
  if (existsSync(executablePath)) return undefined
  const how = `${executablePath} is not installed: apt-get install chromium`
  if (process.env['WANTCONN_REQUIRE'] === 'all') throw new Error(how)
  return how
}
