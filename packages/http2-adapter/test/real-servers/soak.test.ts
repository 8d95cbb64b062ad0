import { expect, test } from 'vitest'
import { newClient } from '../support/fixtures.ts'
import { load } from './load.ts'
import { startNginx } from './nginx.ts'
import { missing } from './tool.ts'

// The long run: npm run soak --workspace @wantconn/http2-adapter
const durationMs = process.env['npm_lifecycle_event'] === 'soak' ? 600_000 : 5_000
const why = missing('nginx', 'nginx-light', '-v')

test(`a server that sends GOAWAY after every 50 streams loses no request in ${durationMs / 1_000} s${why ? ` (${why})` : ''}`, {
  timeout: durationMs + 60_000,
  skip: why !== undefined,
}, async () => {
  const server = await startNginx({ keepaliveRequests: 50, maxConcurrentStreams: 32 })
  let atOnce = 0
  const client = newClient({
    tls: { ca: server.ca },
    trace: {
      dialDone: () => {
        atOnce = Math.max(atOnce, client.stats().open)
      },
    },
  })

  const {
    requests,
    errors,
    durationMs: took,
  } = await load(client, [`${server.url}/`], {
    callers: 40,
    durationMs,
  })

  const { totals, retries, sessions } = client.stats()
  const goaways =
    totals.closed.drained + sessions.filter(({ state }) => state === 'draining').length
  const surplus = totals.opened - goaways - sessions.length
  const perSecond = Math.round(requests / (took / 1_000))
  const seen = { requests, perSecond, retries, opened: totals.opened, goaways, surplus, atOnce }
  console.log(JSON.stringify({ ...seen, errors: errors.length }))
  expect(errors).toEqual([])
  expect(goaways).toBeGreaterThan(requests / 60)
  // A replacement for each GOAWAY, and at most one more.
  expect(totals.opened).toBeLessThanOrEqual(2 * goaways + 4)
})
