// Takes the README's pictures: docs/images/demo-light.png and demo-dark.png, of the demo as it is
// built. On a quiet machine, as the figures in them are real: on a busy one it keeps the old ones, and
// fails.
//
//   npm run build && npm run picture --workspace @wantconn/demo

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const folder = here('../../../docs/images/')
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const viewport = { width: 1280, height: 1500 }
/** Around what is shown. */
const margin = 16
const enoughAnswers = 600
const patienceMs = 180_000

const demo = spawn(process.execPath, [here('../dist/main.js'), '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const url = await introduced(demo)
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  await mkdir(folder, { recursive: true })
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport, colorScheme })
    await page.goto(`${url}?scenario=burst`)
    await page.locator('.lane').waitFor()
    await page.getByRole('button', { name: 'Start over' }).click()
    await page.getByText('Live', { exact: true }).waitFor()
    await inTheMiddle(page)
    const path = `${folder}demo-${colorScheme}.png`
    await page.mouse.move(0, 0)
    const { x, y, width, height } = await page.locator('.stage').boundingBox()
    const clip = {
      x: x - margin,
      y: y - margin,
      width: width + 2 * margin,
      height: height + 2 * margin,
    }
    const picture = await page.screenshot({ clip })
    if (await page.getByText('this machine is busy').isVisible()) {
      throw new Error('this machine is busy: take the pictures when it is not')
    }
    await writeFile(path, picture)
    console.log(path)
    await page.close()
  }
  await browser.close()
} finally {
  demo.kill('SIGINT')
}

async function introduced({ stdout }) {
  const lines = createInterface({ input: stdout })
  const [line] = await once(lines, 'line')
  return line.match(/http:\S+/)[0]
}

/** Enough answers for the charts, and dials in flight beside connections: there it is held. */
async function inTheMiddle(page) {
  const isHeld = (enough) => {
    const numbersOf = (selector) =>
      (document.querySelector(selector)?.textContent.replaceAll(',', '').match(/\d+/g) ?? []).map(
        Number,
      )
    const [answers = 0] = numbersOf('.winners .key')
    const [, dials = 0, leased = 0, idle = 0] = numbersOf('.lane-summary')
    if (answers < enough || dials < 5 || leased + idle < 20) return false
    document.querySelector('.transport button').click()
    return true
  }
  await page.waitForFunction(isHeld, enoughAnswers, { timeout: patienceMs })
  await page.getByText('Paused').waitFor()
}
