import { expect, test } from 'vitest'
import { newClient } from '../support/fixtures.ts'
import { load } from './load.ts'
import { startNginx } from './nginx.ts'
import { missing } from './tool.ts'

const isLong = process.env['npm_lifecycle_event'] === 'soak'
// The long run: npm run soak --workspace @wantconn/http2-adapter
// One of another length: WANTCONN_SOAK=180, in seconds, before that.
const seconds = Number(process.env['WANTCONN_SOAK'] ?? (isLong ? 600 : 5))
const durationMs = seconds * 1_000
const why = missing('nginx', 'nginx-light', '-v')

const callers = 24
const streamsAtOnce = 16
const needed = Math.ceil(callers / streamsAtOnce)

test(`a server that sends GOAWAY after every 50 streams loses no request in ${seconds} s${why ? ` (${why})` : ''}`, {
  timeout: durationMs + 60_000,
  skip: why !== undefined,
}, async () => {
  const server = await startNginx({ keepaliveRequests: 50, maxConcurrentStreams: streamsAtOnce })
  let mostAtOnce = 0
  const look = (): void => {
    const { sessions, dialing } = client.stats()
    const open = sessions.filter(({ state }) => state === 'open').length
    mostAtOnce = Math.max(mostAtOnce, open + dialing)
  }
  const client = newClient({
    tls: { ca: server.ca },
    expectedStreams: streamsAtOnce,
    trace: { dialStart: look, dialDone: look },
  })

  const ran = await load(client, [`${server.url}/`], { callers, durationMs })

  const { requests, errors } = ran
  const { totals, retries, sessions } = client.stats()
  const goaways = totals.closed.drained + sessions.filter((it) => it.state === 'draining').length
  const surplus = totals.dials - goaways - needed
  const perSecond = Math.round(requests / (ran.durationMs / 1_000))
  const seen = { requests, perSecond, retries, dials: totals.dials, goaways, surplus, mostAtOnce }
  console.log(JSON.stringify({ ...seen, errors: errors.length }))
  expect(errors).toEqual([])
  expect(goaways).toBeGreaterThan(requests / 60)
  expect(surplus).toBeLessThanOrEqual(goaways)
  // Of what is open at a time, no more than is needed, and one more for each GOAWAY: all sessions may
  // get theirs at once.
  expect(mostAtOnce).toBeLessThanOrEqual(2 * needed)
  if (isLong) expect(perSecond).toBeGreaterThanOrEqual(1_000)
})
