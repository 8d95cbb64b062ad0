import { once } from 'node:events'
import { accessSync, constants, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'
import { root } from '../run.mjs'
import { Skipped } from './run-steps.mjs'

/** A page imports the core's files as they were published, without any build. */
export async function smokeInBrowser({ stranger }) {
  const executablePath = findProgram('chromium') ?? findProgram('google-chrome')
  if (executablePath === undefined) {
    return new Skipped('no Chromium: apt-get install chromium')
  }
  const server = await serve(join(stranger, 'node_modules/@wantconn/pool-core/dist'))
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${server.address().port}/`)
    await page.evaluate(async () => {
      const [core, { smoke }] = await Promise.all([import('/index.js'), import('/smoke.mjs')])
      return smoke(core)
    })
    return `Chromium ${browser.version()}`
  } finally {
    await browser.close()
    server.close()
  }
}

async function serve(dist) {
  const smoke = join(root, 'scripts/rehearsal/stranger/smoke.mjs')
  const server = createServer(({ url }, res) => {
    if (url === '/') return res.setHeader('content-type', 'text/html').end('<!doctype html>')
    res.setHeader('content-type', 'text/javascript')
    try {
      res.end(readFileSync(url === '/smoke.mjs' ? smoke : join(dist, url)))
    } catch {
      res.writeHead(404).end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function findProgram(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
